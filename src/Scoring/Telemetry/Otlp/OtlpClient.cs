using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Scoring.Telemetry.Otlp;

/// <summary>OpenTelemetry's own exporters on the app's meter and spans. The only type here that touches that SDK: its assemblies load with the first instance.</summary>
internal sealed class OtlpClient : IDisposable
{
    private readonly MeterProvider? metrics;
    private readonly TracerProvider? traces;

    /// <param name="configuration">The standard <c>OTEL_*</c> variables: endpoint, protocol, headers, intervals, sampler, resource.</param>
    public OtlpClient(IConfiguration configuration, bool metrics, bool traces)
    {
        this.metrics = metrics
            ? Sdk.CreateMeterProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(configuration))
                .ConfigureResource(resource => Describe(resource, configuration))
                .AddMeter(ScoringActivity.SourceName)
                .AddOtlpExporter()
                .Build()
            : null;
        this.traces = traces
            ? Sdk.CreateTracerProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(configuration))
                .ConfigureResource(resource => Describe(resource, configuration))
                .AddSource(ScoringActivity.SourceName)
                .AddOtlpExporter()
                .Build()
            : null;
    }

    /// <summary>Sends what is left, for at most <paramref name="timeout"/> each.</summary>
    public void Shutdown(TimeSpan timeout)
    {
        metrics?.Shutdown((int)timeout.TotalMilliseconds);
        traces?.Shutdown((int)timeout.TotalMilliseconds);
    }

    public void Dispose()
    {
        metrics?.Dispose();
        traces?.Dispose();
    }

    private static void Describe(ResourceBuilder resource, IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration["OTEL_SERVICE_NAME"]))
        {
            resource.AddService("scoring");
        }
    }
}
