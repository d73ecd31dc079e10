using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Scoring.Http;

namespace Triggers;

/// <summary>What came true of a model's predictions.</summary>
[Purpose(KeyPurpose.Operations)]
public sealed class Calibration(CalibrationEndpoint endpoint)
{
    [Function("Calibration")]
    public Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/models/{model}/calibration")] HttpRequest request,
        string model, CancellationToken cancellationToken) =>
        endpoint.GetAsync(request, model, cancellationToken);
}
