using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Scoring.Http;

namespace Triggers;

/// <summary>The Open Inference Protocol's model repository extension.</summary>
public sealed class InferenceRepository(OpenInferenceEndpoint endpoint)
{
    [Function("InferenceIndex")]
    [Purpose(KeyPurpose.Scoring, Reads = true)]
    public Task<IResult> Index(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "v2/repository/index")] HttpRequest request, CancellationToken cancellationToken) =>
        endpoint.IndexAsync(request, cancellationToken);

    [Function("InferenceLoad")]
    [Purpose(KeyPurpose.Operations)]
    public Task<IResult> Load(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "v2/repository/models/{model}/load")] HttpRequest request,
        string model, CancellationToken cancellationToken) =>
        endpoint.LoadAsync(request, model, cancellationToken);

    [Function("InferenceUnload")]
    [Purpose(KeyPurpose.Operations)]
    public Task<IResult> Unload(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "v2/repository/models/{model}/unload")] HttpRequest request, string model) =>
        endpoint.UnloadAsync(request, model);
}
