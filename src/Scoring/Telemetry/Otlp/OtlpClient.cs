using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using LogRecord = Scoring.Telemetry.Logs.LogRecord;

namespace Scoring.Telemetry.Otlp;

/// <summary>OpenTelemetry's own exporters on the app's meter, spans and log. The only type here that touches that SDK: its assemblies load with the first instance.</summary>
internal sealed class OtlpClient : IDisposable
{
    private readonly MeterProvider? metrics;
    private readonly TracerProvider? traces;
    private readonly ILoggerFactory? logs;

    /// <param name="configuration">The standard <c>OTEL_*</c> variables: endpoint, protocol, headers, intervals, sampler, resource.</param>
    public OtlpClient(IConfiguration configuration, bool metrics, bool traces, bool logs)
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
        ScoringActivity.BeginsTraces |= traces;
        this.logs = logs
            ? LoggerFactory.Create(logging =>
            {
                logging.Services.AddSingleton(configuration);
                logging.AddOpenTelemetry(options =>
                {
                    var resource = ResourceBuilder.CreateDefault();
                    Describe(resource, configuration);
                    options.SetResourceBuilder(resource);
                    options.IncludeFormattedMessage = true;
                    options.AddOtlpExporter();
                });
            })
            : null;
    }

    /// <summary>Sends a line of the log in the trace of the current activity.</summary>
    public void Send(LogRecord record)
    {
        if (logs is null)
        {
            return;
        }

        var attributes = new List<KeyValuePair<string, object?>>();
        if (record.Code is { } code)
        {
            attributes.Add(new(MetricDimensions.Code, code));
        }

        attributes.AddRange(record.Fields.Select(field => new KeyValuePair<string, object?>(field.Key, field.Value)));
        if (record.Exception is { } exception)
        {
            attributes.Add(new("exception.type", exception.GetType().FullName));
            attributes.Add(new("exception.message", Logs.LogText.Of(exception)));
            attributes.Add(new("exception.stacktrace", exception.StackTrace));
        }

        // The exception itself stays behind: the SDK would send its message whole.
        logs.CreateLogger(record.Category).Log(record.Level, record.Event, attributes, exception: null, (_, _) => record.Message);
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
        logs?.Dispose();
    }

    private static void Describe(ResourceBuilder resource, IConfiguration configuration)
    {
        var role = TelemetryRole.Of(configuration);
        resource.AddService(role.Name, autoGenerateServiceInstanceId: false, serviceInstanceId: role.Instance);
    }
}
