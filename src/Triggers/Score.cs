using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Scoring.Http;

namespace Triggers;

/// <summary>Scores instances by a model's live version, or by the version that the route names.</summary>
[Purpose(KeyPurpose.Scoring)]
public sealed class Score(ScoreEndpoint endpoint)
{
    [Function("Score")]
    public Task<IResult> Live(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/score/{model}")] HttpRequest request,
        string model, CancellationToken cancellationToken) =>
        endpoint.ScoreAsync(request, model, version: null, cancellationToken);

    [Function("ScoreVersion")]
    public Task<IResult> Version(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/score/{model}/{version}")] HttpRequest request,
        string model, string version, CancellationToken cancellationToken) =>
        endpoint.ScoreAsync(request, model, version, cancellationToken);
}
