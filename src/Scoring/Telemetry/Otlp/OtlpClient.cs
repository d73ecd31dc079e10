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
    private readonly MeterProvider? _metrics;
    private readonly TracerProvider? _traces;

    /// <param name="configuration">The standard <c>OTEL_*</c> variables: endpoint, protocol, headers, intervals, sampler, resource.</param>
    public OtlpClient(IConfiguration configuration, bool metrics, bool traces)
    {
        _metrics = metrics
            ? Sdk.CreateMeterProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(configuration))
                .ConfigureResource(resource => Describe(resource, configuration))
                .AddMeter(ScoringActivity.SourceName)
                .AddOtlpExporter()
                .Build()
            : null;
        _traces = traces
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
        _metrics?.Shutdown((int)timeout.TotalMilliseconds);
        _traces?.Shutdown((int)timeout.TotalMilliseconds);
    }

    public void Dispose()
    {
        _metrics?.Dispose();
        _traces?.Dispose();
    }

    private static void Describe(ResourceBuilder resource, IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration["OTEL_SERVICE_NAME"]))
        {
            resource.AddService("scoring");
        }
    }
}
