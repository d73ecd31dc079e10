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
            Func<string, bool>? mayUse = Caller.Of(request.HttpContext) is { } caller ? caller.MayUse : null;
            var (taking, charge) = await TakeAsync(request, mayUse, cancellationToken).ConfigureAwait(false);
            using var held = charge;
            var report = await taking.ConfigureAwait(false);
            return report.Refusal is { } none ? ProblemResult.From(none) : new JsonResult(report.WriteTo);
        });

    // Outcomes are read before anything is waited for, and what they take of the budget goes back once they are stored.
    private async Task<(Task<OutcomeReport> Taking, BodyCharge? Charge)> TakeAsync(HttpRequest request, Func<string, bool>? mayUse, CancellationToken cancellationToken)
    {
        using var body = await RequestBody.ReadAsync(request, bodies, cancellationToken).ConfigureAwait(false);
        return (intake.TakeAsync(body.Span.ToArray(), cancellationToken, mayUse), body.Charge?.Share());
    }
}
