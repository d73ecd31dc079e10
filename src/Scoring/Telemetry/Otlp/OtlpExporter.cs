using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Scoring.Telemetry.Otlp;

/// <summary>
/// Exports metrics and spans by OTLP where the standard variables name an endpoint. Unlike Application Insights it is set up at start, before the first
/// request: what a meter's listener has not heard, it cannot send. It costs the start what it takes to load the SDK.
/// </summary>
internal sealed class OtlpExporter(IConfiguration configuration, IOptions<TelemetryOptions> options) : IHostedService, IDisposable
{
    private OtlpClient? client;

    public static bool IsConfigured(IConfiguration configuration) =>
        (HasEndpoint(configuration, "METRICS") || HasEndpoint(configuration, "TRACES"))
        && !string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);

    /// <param name="signal"><c>METRICS</c> or <c>TRACES</c>.</param>
    private static bool HasEndpoint(IConfiguration configuration, string signal) =>
        configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } || configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"] is { Length: > 0 };

    public Task StartAsync(CancellationToken cancellationToken)
    {
        client = new OtlpClient(configuration, HasEndpoint(configuration, "METRICS"), HasEndpoint(configuration, "TRACES"));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (this.client is { } client)
        {
            await Task.Run(() => client.Shutdown(options.Value.ShutdownTimeout), CancellationToken.None);
        }
    }

    public void Dispose() => client?.Dispose();
}
