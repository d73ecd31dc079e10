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
using Scoring.Telemetry.Logs;

namespace Scoring.Telemetry.Insights;

/// <summary>
/// Application Insights in services of its own, so that making it costs the app's start nothing. Besides its channel the only type here that touches the SDK:
/// its assemblies load with the first instance. One caller at a time.
/// </summary>
internal sealed class InsightsClient : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly InsightsChannel channel;
    private readonly TelemetryClient client;

    /// <param name="settings">Where to, and as whom.</param>
    /// <param name="configuration">Names the role.</param>
    /// <param name="time">Drives the tries of the channel.</param>
    public InsightsClient(InsightsSettings settings, IConfiguration configuration, TimeProvider time)
    {
        using var parsed = new TelemetryConfiguration { ConnectionString = settings.ConnectionString };
        channel = new InsightsChannel(parsed.EndpointContainer.Ingestion, Credential(settings.Identity), time);
        var services = new ServiceCollection();
        services.AddSingleton(configuration);
        services.AddSingleton<ITelemetryChannel>(channel);
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
        this.services = services.BuildServiceProvider();
        client = this.services.GetRequiredService<TelemetryClient>();
        var role = TelemetryRole.Of(configuration);
        client.Context.Cloud.RoleName = role.Name;
        client.Context.Cloud.RoleInstance = role.Instance;
    }

    /// <summary>Items that wait to be sent.</summary>
    public int Waiting => channel.Count;

    /// <summary>Items that the service has refused for good, since the start.</summary>
    public long Refused => channel.Refused;

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
        Place(telemetry, record.TraceId == default ? ActivityTraceId.CreateRandom() : record.TraceId, record.ParentId);
        telemetry.Id = (record.SpanId == default ? ActivitySpanId.CreateRandom() : record.SpanId).ToHexString();
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

    public void Send(LogRecord record)
    {
        var telemetry = InsightsLog.Of(record);
        Place(telemetry, record.TraceId, record.SpanId);
        Weigh((ISupportSampling)telemetry, record.Weight);
        client.Track(telemetry);
    }

    /// <summary>Sends what waits; see <see cref="InsightsChannel.SendAsync"/>.</summary>
    public Task SendAsync(bool isLast, CancellationToken cancellationToken) => channel.SendAsync(isLast, cancellationToken);

    public ValueTask DisposeAsync() => services.DisposeAsync();

    private static ManagedIdentityCredential? Credential(InsightsIdentity? identity) => identity is null ? null : new(
        identity.ClientId is { } clientId ? ManagedIdentityId.FromUserAssignedClientId(clientId) : ManagedIdentityId.SystemAssigned);

    private static void Place(ITelemetry telemetry, ActivityTraceId trace, ActivitySpanId parent)
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
