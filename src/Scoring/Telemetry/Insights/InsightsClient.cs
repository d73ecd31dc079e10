using System.Diagnostics;
using Azure.Identity;
using Microsoft.ApplicationInsights;
using Microsoft.ApplicationInsights.Channel;
using Microsoft.ApplicationInsights.DataContracts;
using Microsoft.ApplicationInsights.Extensibility;
using Microsoft.ApplicationInsights.Extensibility.Implementation;
using Microsoft.ApplicationInsights.WorkerService;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Scoring.Telemetry.Insights;

/// <summary>
/// Application Insights in services of its own, so that making it costs the app's start nothing. The only type here that touches the SDK:
/// its assemblies load with the first instance. One caller at a time.
/// </summary>
internal sealed class InsightsClient : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly TelemetryClient client;

    /// <param name="configure">More for the SDK's services, such as the worker's own initializers.</param>
    public InsightsClient(InsightsSettings settings, IConfiguration configuration, Action<IServiceCollection>? configure)
    {
        var services = new ServiceCollection();
        services.AddSingleton(configuration);
        // Drops what it cannot send, and flushes before it returns. The SDK's other channel keeps backlogs on the instance's disk, which no one may ever read
        // again, and may return from a flush before anything is sent.
        services.AddSingleton<ITelemetryChannel, InMemoryChannel>();
        services.Configure<TelemetryConfiguration>(telemetry =>
        {
            // What we send ourselves is already sampled, or must not be. This bounds what the worker's modules add: a dependency per invocation.
            telemetry.DefaultTelemetrySink.TelemetryProcessorChainBuilder.UseAdaptiveSampling(
                maxTelemetryItemsPerSecond: 5, excludedTypes: "Request;Exception;Event;Trace");
            if (settings.Identity is { } identity)
            {
                telemetry.SetAzureTokenCredential(new ManagedIdentityCredential(identity.ClientId is { } clientId
                    ? ManagedIdentityId.FromUserAssignedClientId(clientId)
                    : ManagedIdentityId.SystemAssigned));
            }
        });
        services.AddApplicationInsightsTelemetryWorkerService(new ApplicationInsightsServiceOptions
        {
            ConnectionString = settings.ConnectionString,
            EnableAdaptiveSampling = false,
            AddAutoCollectedMetricExtractor = false,
            EnableAppServicesHeartbeatTelemetryModule = false,
            EnableAzureInstanceMetadataTelemetryModule = false,
            EnableDependencyTrackingTelemetryModule = false,
            EnableDiagnosticsTelemetryModule = false,
            EnableEventCounterCollectionModule = false,
            EnableHeartbeat = false,
            EnablePerformanceCounterCollectionModule = false,
            EnableQuickPulseMetricStream = false,
        });
        configure?.Invoke(services);
        this.services = services.BuildServiceProvider();
        client = this.services.GetRequiredService<TelemetryClient>();
    }

    public void Send(MetricPoint point, DateTimeOffset at)
    {
        var telemetry = new MetricTelemetry(
            point.Name, (int)Math.Min(point.Count, int.MaxValue), point.Sum, point.Min, point.Max, standardDeviation: 0)
        { Timestamp = at };
        foreach (var (name, value) in point.Dimensions)
        {
            telemetry.Properties[name] = value;
        }

        client.TrackMetric(telemetry);
    }

    public void Send(in RequestRecord record)
    {
        var series = record.Series;
        var telemetry = new RequestTelemetry($"score {series.Model}", record.Start, record.Duration, series.Code, series.Code == ScoringMetrics.Ok);
        telemetry.Properties[MetricDimensions.Model] = series.Model;
        telemetry.Properties[MetricDimensions.Version] = series.Version;
        telemetry.Properties[MetricDimensions.Code] = series.Code;
        telemetry.Properties[MetricDimensions.Cold] = MetricSeries.Text(series.Cold);
        telemetry.Properties[MetricDimensions.SloMet] = MetricSeries.Text(record.SloMet);
        telemetry.Metrics["rows"] = record.Rows;
        Place(telemetry, record.TraceId, record.ParentId);
        if (record.SpanId != default)
        {
            telemetry.Id = record.SpanId.ToHexString();
        }

        Weigh(telemetry, record.Weight);
        client.TrackRequest(telemetry);
    }

    /// <param name="weight">Spans that this one stands for, itself included.</param>
    public void Send(Activity span, long weight)
    {
        OperationTelemetry telemetry = span.Kind == ActivityKind.Consumer
            ? new RequestTelemetry { ResponseCode = span.Status == ActivityStatusCode.Error ? "failed" : ScoringMetrics.Ok }
            : new DependencyTelemetry { Type = "InProc" };
        telemetry.Name = span.DisplayName;
        telemetry.Id = span.SpanId.ToHexString();
        telemetry.Timestamp = span.StartTimeUtc;
        telemetry.Duration = span.Duration;
        telemetry.Success = span.Status != ActivityStatusCode.Error;
        foreach (var (name, value) in span.TagObjects)
        {
            telemetry.Properties[name] = MetricSeries.Text(value);
        }

        Place(telemetry, span.TraceId, span.ParentSpanId);
        Weigh((ISupportSampling)telemetry, weight);
        client.Track(telemetry);
    }

    /// <summary>Sends what is buffered and waits for it; what cannot be sent is dropped.</summary>
    public void Flush() => client.Flush();

    public ValueTask DisposeAsync() => services.DisposeAsync();

    private static void Place(OperationTelemetry telemetry, ActivityTraceId trace, ActivitySpanId parent)
    {
        if (trace != default)
        {
            telemetry.Context.Operation.Id = trace.ToHexString();
        }

        if (parent != default)
        {
            telemetry.Context.Operation.ParentId = parent.ToHexString();
        }
    }

    // The service shows 100 / rate as itemCount.
    private static void Weigh(ISupportSampling telemetry, long weight) => telemetry.SamplingPercentage = 100.0 / weight;
}
