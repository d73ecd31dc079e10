using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Scoring.Http.Identity;
using Scoring.Outcomes;

namespace Scoring.Http;

/// <summary><c>POST /api/outcomes</c>: what came of predictions, by their receipts. Thread safe.</summary>
public sealed class OutcomesEndpoint(OutcomeIntake intake, BodyBudget bodies, ILogger<OutcomesEndpoint> logger)
{
    /// <summary>Takes outcomes: 200 once those that are good are stored, with those that are not; 400 where none is good.</summary>
    public Task<IResult> PostAsync(HttpRequest request, CancellationToken cancellationToken) => Guarded.RunAsync(
        request,
        logger,
        async () =>
        {
            MediaTypes.RequireJson(request);
            using var body = await RequestBody.ReadAsync(request, bodies, cancellationToken).ConfigureAwait(false);
            Func<string, bool>? mayUse = Caller.Of(request.HttpContext) is { } caller ? caller.MayUse : null;
            var report = await intake.TakeAsync(body.Span.ToArray(), cancellationToken, mayUse).ConfigureAwait(false);
            return report.Refusal is { } none ? ProblemResult.From(none) : new JsonResult(report.WriteTo);
        });
}
