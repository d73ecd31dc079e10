using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Scoring.Telemetry.Logs;

namespace Scoring.Telemetry.Otlp;

/// <summary>
/// Exports metrics, spans and lines of the log by OTLP where the standard variables name an endpoint. Unlike Application Insights it is set up at start, before the first
/// request: what a meter's listener has not heard, it cannot send. It costs the start what it takes to load the SDK.
/// </summary>
internal sealed class OtlpExporter(IConfiguration configuration, IOptions<TelemetryOptions> options) : IHostedService, ILogSink, IDisposable
{
    // By the first line of the log, if one is written before the start.
    private readonly Lazy<OtlpClient> client = new(() => new OtlpClient(
        configuration, HasEndpoint(configuration, "METRICS"), HasEndpoint(configuration, "TRACES"), HasEndpoint(configuration, "LOGS")));

    private bool isDisposed;

    public static bool IsConfigured(IConfiguration configuration) =>
        (HasEndpoint(configuration, "METRICS") || HasEndpoint(configuration, "TRACES") || HasEndpoint(configuration, "LOGS"))
        && !string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);

    /// <param name="signal"><c>METRICS</c>, <c>TRACES</c> or <c>LOGS</c>.</param>
    private static bool HasEndpoint(IConfiguration configuration, string signal) =>
        configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } || configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"] is { Length: > 0 };

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = client.Value;
        return Task.CompletedTask;
    }

    public void Take(LogRecord record)
    {
        if (!Volatile.Read(ref isDisposed))
        {
            client.Value.Send(record);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (client.IsValueCreated)
        {
            await Task.Run(() => client.Value.Shutdown(options.Value.ShutdownTimeout), CancellationToken.None);
        }
    }

    public void Dispose()
    {
        if (!isDisposed)
        {
            Volatile.Write(ref isDisposed, true);
            if (client.IsValueCreated)
            {
                client.Value.Dispose();
            }
        }
    }
}
