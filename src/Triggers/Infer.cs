using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Scoring.Http;

namespace Triggers;

/// <summary>The Open Inference Protocol's inference: tensors in, a model's own outputs back.</summary>
[Purpose(KeyPurpose.Scoring)]
public sealed class Infer(OpenInferenceEndpoint endpoint)
{
    [Function("InferModel")]
    public Task<IResult> Live(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "v2/models/{model}/infer")] HttpRequest request,
        string model, CancellationToken cancellationToken) =>
        endpoint.InferAsync(request, model, version: null, cancellationToken);

    [Function("InferVersion")]
    public Task<IResult> Version(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "v2/models/{model}/versions/{version}/infer")] HttpRequest request,
        string model, string version, CancellationToken cancellationToken) =>
        endpoint.InferAsync(request, model, version, cancellationToken);
}
