using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Scoring.Telemetry;
using Scoring.Telemetry.Insights;
using TestCommon;

namespace Scoring.Tests.Telemetry.Insights;

/// <summary>Telemetry that cannot be sent, or must not be started yet, is no trouble of the app's.</summary>
[Collection(nameof(SerialInsights))]
public sealed class InsightsFaultTests
{
    private static readonly TimeSpan Slo = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Stop_DeadEndpoint_EndsWithinItsBoundAndCostsADroppedMetric()
    {
        var settings = TelemetryHost.Settings($"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint=http://127.0.0.1:{FakeIngestion.FreePort()}/");
        settings["Scoring:Telemetry:ShutdownTimeout"] = "00:00:00.200";
        settings["Scoring:Telemetry:Interval"] = "00:00:00.100";
        await using var host = await TelemetryHost.StartAsync(settings, new FakeTimeProvider());
        Answer(host);
        await host.Get<InsightsExporter>().Connected.WaitAsync(Hang);

        Answer(host);
        await host.StopAsync().WaitAsync(Hang);

        Assert.Equal(2, host.Metrics.AllRequests.Sum(requests => requests.Met));
    }

    [Fact]
    public async Task Stop_EndpointThatTakesAndNeverAnswers_EndsWithinItsBound()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        var settings = TelemetryHost.Settings($"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint=http://{mute.LocalEndpoint}/");
        settings["Scoring:Telemetry:ShutdownTimeout"] = "00:00:00.200";
        await using var host = await TelemetryHost.StartAsync(settings, new FakeTimeProvider());
        Answer(host);
        await host.Get<InsightsExporter>().Connected.WaitAsync(Hang);

        // The SDK itself would wait 100 s.
        await host.StopAsync().WaitAsync(Hang);
    }

    [Fact]
    public async Task Connected_NoAnswerYet_StaysAway()
    {
        await using var ingestion = new FakeIngestion();
        await using var host = await TelemetryHost.StartAsync(TelemetryHost.Settings(ingestion.ConnectionString), new FakeTimeProvider());
        var connected = host.Get<InsightsExporter>().Connected;
        await host.StopAsync();

        Assert.False(connected.IsCompleted);
        Assert.Empty(ingestion.Items);
    }

    // An alert takes silence for an app that is gone.
    [Fact]
    public async Task Connected_NobodyAsksForAMinute_SaysThatTheProcessIsThere()
    {
        await using var ingestion = new FakeIngestion();
        await using var host = await TelemetryHost.StartAsync(TelemetryHost.Settings(ingestion.ConnectionString), new MinuteThatIsOver());
        await host.Get<InsightsExporter>().Connected.WaitAsync(Hang);
        await host.StopAsync().WaitAsync(Hang);

        Assert.Contains(ingestion.Items, item => item.ToString().Contains(MetricNames.Memory, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Configure_Hook_JoinsTheServicesOfTheSdkOnlyAfterTheFirstAnswer()
    {
        await using var ingestion = new FakeIngestion();
        var called = 0;
        await using var host = await TelemetryHost.StartAsync(
            TelemetryHost.Settings(ingestion.ConnectionString), new FakeTimeProvider(), _ => Interlocked.Increment(ref called));
        Assert.Equal(0, called);

        Answer(host);
        await host.Get<InsightsExporter>().Connected.WaitAsync(Hang);

        Assert.Equal(1, called);
    }

    [Fact]
    public async Task Start_WithoutConnectionString_HasNoExporter()
    {
        await using var host = await TelemetryHost.StartAsync(new Dictionary<string, string?>(), new FakeTimeProvider());
        Answer(host);

        Assert.Throws<InvalidOperationException>(host.Get<InsightsExporter>);
        Assert.Null(ScoringActivity.StartRequest("intent"));
    }

    private static void Answer(TelemetryHost host) => host.Metrics.RequestCompleted("intent", "1", "ok", TimeSpan.FromMilliseconds(2), Slo, 1);

    private sealed class MinuteThatIsOver : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == TimeSpan.FromMinutes(1) ? TimeSpan.Zero : dueTime, period);
    }
}
