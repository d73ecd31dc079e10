using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Scoring.Telemetry;

namespace Scoring.Http;

/// <summary><c>GET /api/metrics</c>: what this one instance has measured, as JSON.</summary>
public sealed class MetricsEndpoint(MetricsSnapshot snapshot)
{
    public async Task<IResult> GetAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var response = request.HttpContext.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        await using (var writer = new Utf8JsonWriter(response.BodyWriter))
        {
            snapshot.Write(writer);
        }

        await response.BodyWriter.FlushAsync(cancellationToken);
        return Results.Empty;
    }
}
