using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Scoring.Configuration;
using Scoring.Outcomes.Reading;
using Scoring.Protocol;
using Scoring.Serving;
using Scoring.Telemetry;

namespace Scoring.Http;

/// <summary><c>GET /api/models/{model}/calibration</c>: how far probabilities came true, by the outcomes that were told.</summary>
public sealed class CalibrationEndpoint(ModelCatalog catalog, LiveCalibration calibration, ScoringMetrics metrics, ILogger<CalibrationEndpoint> logger)
{
    /// <summary>Answers from what is kept, or reads the outcomes.</summary>
    public Task<IResult> GetAsync(HttpRequest request, string model, CancellationToken cancellationToken) => Guarded.RunAsync(request, logger, async () =>
    {
        var query = CalibrationQuery.Read(request.Query);
        var (live, limit) = await LiveAsync(model, cancellationToken).ConfigureAwait(false);
        var found = await calibration.ReadAsync(model, query.Version, query.Since, query.Until, cancellationToken).ConfigureAwait(false);
        return new JsonResult(writer => CalibrationDescription.Write(writer, found, live, limit, metrics));
    });

    // The limit is that of the version that answers. One that cannot be loaded has the usual one: its outcomes are told all the same.
    private async Task<(string? Version, double Limit)> LiveAsync(string model, CancellationToken cancellationToken)
    {
        try
        {
            using var lease = await catalog.LeaseForRequestAsync(model, null, cancellationToken).ConfigureAwait(false);
            return (lease.Model.Package.Version, lease.Model.Config.MaxCalibrationError ?? ModelConfig.UsualCalibrationError);
        }
        catch (ScoringException exception) when (exception.Code == ErrorCode.ModelUnavailable)
        {
            return (null, ModelConfig.UsualCalibrationError);
        }
    }
}
