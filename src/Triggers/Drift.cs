using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Scoring.Http;

namespace Triggers;

/// <summary>How far the rows of a model's requests are from those that it was made for.</summary>
[Purpose(KeyPurpose.Operations)]
public sealed class Drift(DriftEndpoint endpoint)
{
    [Function("Drift")]
    public Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/models/{model}/drift")] HttpRequest request,
        string model, CancellationToken cancellationToken) =>
        endpoint.GetAsync(request, model, cancellationToken);
}
