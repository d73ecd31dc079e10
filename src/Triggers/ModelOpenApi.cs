using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Scoring.Http;

namespace Triggers;

/// <summary>Scoring by one model, described with that model's own types.</summary>
[Purpose(KeyPurpose.Scoring, Reads = true)]
public sealed class ModelOpenApi(ModelOpenApiEndpoint endpoint)
{
    [Function("ModelOpenApi")]
    public Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/models/{model}/openapi.json")] HttpRequest request,
        string model, CancellationToken cancellationToken) =>
        endpoint.GetAsync(request, model, cancellationToken);
}
