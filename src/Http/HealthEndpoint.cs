using Microsoft.AspNetCore.Http;
using Scoring.Serving;

namespace Scoring.Http;

/// <summary><c>GET /v2/health/live</c> and <c>/v2/health/ready</c>; their status is the answer.</summary>
public sealed class HealthEndpoint(ModelCatalog catalog, RunWatch watch)
{
    /// <summary>200 while the process answers.</summary>
    public static IResult Live() => new JsonResult(writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("live", true);
        writer.WriteEndObject();
    });

    /// <summary>200 once every model that <see cref="ScoringOptions.Preload"/> names has loaded, 503 before, and while every run is stuck.</summary>
    public IResult Ready()
    {
        var ready = catalog.IsReady && !watch.IsExhausted;
        return new JsonResult(
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteBoolean("ready", ready);
                writer.WriteEndObject();
            },
            ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
