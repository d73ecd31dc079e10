using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Scoring.Http;

namespace Triggers;

/// <summary>What Triton adds to the Open Inference Protocol: statistics and configuration.</summary>
[Purpose(KeyPurpose.Scoring, Reads = true)]
public sealed class InferenceExtensions(OpenInferenceEndpoint endpoint)
{
    [Function("InferenceStatistics")]
    public Task<IResult> Statistics(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v2/models/stats")] HttpRequest request, CancellationToken cancellationToken) =>
        endpoint.AllStatisticsAsync(request, cancellationToken);

    [Function("InferenceModelStatistics")]
    public Task<IResult> ModelStatistics(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v2/models/{model}/stats")] HttpRequest request,
        string model, CancellationToken cancellationToken) =>
        endpoint.StatisticsAsync(request, model, version: null, cancellationToken);

    [Function("InferenceVersionStatistics")]
    public Task<IResult> VersionStatistics(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v2/models/{model}/versions/{version}/stats")] HttpRequest request,
        string model, string version, CancellationToken cancellationToken) =>
        endpoint.StatisticsAsync(request, model, version, cancellationToken);

    [Function("InferenceModelConfig")]
    public Task<IResult> ModelConfig(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v2/models/{model}/config")] HttpRequest request,
        string model, CancellationToken cancellationToken) =>
        endpoint.ConfigAsync(request, model, version: null, cancellationToken);

    [Function("InferenceVersionConfig")]
    public Task<IResult> VersionConfig(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v2/models/{model}/versions/{version}/config")] HttpRequest request,
        string model, string version, CancellationToken cancellationToken) =>
        endpoint.ConfigAsync(request, model, version, cancellationToken);
}
