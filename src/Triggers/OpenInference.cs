using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Scoring.Http;

namespace Triggers;

/// <summary>The Open Inference Protocol's server and models.</summary>
[Purpose(KeyPurpose.Scoring, Reads = true)]
public sealed class OpenInference(OpenInferenceEndpoint endpoint)
{
    [Function("InferenceServer")]
    public IResult Server([HttpTrigger(AuthorizationLevel.Function, "get", Route = "v2")] HttpRequest request) => OpenInferenceEndpoint.Server();

    [Function("InferenceModel")]
    public Task<IResult> Model(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v2/models/{model}")] HttpRequest request,
        string model, CancellationToken cancellationToken) =>
        endpoint.DescribeAsync(request, model, version: null, cancellationToken);

    [Function("InferenceVersion")]
    public Task<IResult> Version(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v2/models/{model}/versions/{version}")] HttpRequest request,
        string model, string version, CancellationToken cancellationToken) =>
        endpoint.DescribeAsync(request, model, version, cancellationToken);

    [Function("InferenceModelReady")]
    public Task<IResult> ModelReady(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v2/models/{model}/ready")] HttpRequest request,
        string model, CancellationToken cancellationToken) =>
        endpoint.ReadyAsync(request, model, version: null, cancellationToken);

    [Function("InferenceVersionReady")]
    public Task<IResult> VersionReady(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v2/models/{model}/versions/{version}/ready")] HttpRequest request,
        string model, string version, CancellationToken cancellationToken) =>
        endpoint.ReadyAsync(request, model, version, cancellationToken);
}
