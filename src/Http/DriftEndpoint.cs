using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Scoring.Protocol;
using Scoring.Serving;
using Scoring.Telemetry;

namespace Scoring.Http;

/// <summary><c>GET /api/models/{model}/drift</c>: how far the rows of requests are from those that the model was made for.</summary>
public sealed class DriftEndpoint(ModelCatalog catalog, ScoringMetrics metrics, ILogger<DriftEndpoint> logger)
{
    /// <summary>Answers from what this instance counted.</summary>
    public Task<IResult> GetAsync(HttpRequest request, string model, CancellationToken cancellationToken) => Guarded.RunAsync(request, logger, async () =>
    {
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        var live = await LiveAsync(model, cancellationToken).ConfigureAwait(false);
        return new JsonResult(writer => DriftDescription.Write(writer, model, live, metrics));
    });

    // Versions that served before are told of also where the one that is live now cannot be loaded.
    private async Task<string?> LiveAsync(string model, CancellationToken cancellationToken)
    {
        try
        {
            using var lease = await catalog.LeaseForRequestAsync(model, null, cancellationToken).ConfigureAwait(false);
            return lease.Model.Package.Version;
        }
        catch (ScoringException exception) when (exception.Code == ErrorCode.ModelUnavailable && metrics.DriftOf(model).Count > 0)
        {
            return null;
        }
    }
}
