using Microsoft.AspNetCore.Http;
using Scoring.Telemetry;

namespace Scoring.Http;

/// <summary><c>GET /api/metrics</c>: what this one instance has measured, as JSON.</summary>
public sealed class MetricsEndpoint(MetricsSnapshot snapshot)
{
    public IResult Get(HttpRequest request)
    {
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return new JsonResult(snapshot.Write);
    }
}
