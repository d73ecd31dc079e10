using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Scoring.Http;

namespace Triggers;

/// <summary>What is served, and what exactly answers.</summary>
[Purpose(KeyPurpose.Scoring, Reads = true)]
public sealed class Models(ModelsEndpoint endpoint)
{
    [Function("Models")]
    public Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/models")] HttpRequest request, CancellationToken cancellationToken) =>
        endpoint.ListAsync(request, cancellationToken);

    [Function("Model")]
    public Task<IResult> Describe(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/models/{model}")] HttpRequest request,
        string model, CancellationToken cancellationToken) =>
        endpoint.DescribeAsync(request, model, cancellationToken);
}
