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
        var settings = TelemetryHost.Settings($"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint=http://127.0.0.1:{LoopbackServer.FreePort()}/");
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

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(403)]
    [InlineData(null)]
    public async Task Endpoint_ThatTakesNothing_LetsNoMoreWaitThanItsBoundAndCountsTheRest(int? status)
    {
        await using var ingestion = new FakeIngestion { Status = status };
        var time = new FakeTimeProvider();
        var settings = TelemetryHost.Settings(ingestion.ConnectionString);
        settings["Scoring:Telemetry:RequestsPerSecond"] = "1000";
        settings["Scoring:Telemetry:ShutdownTimeout"] = "00:00:00.200";
        await using var host = await TelemetryHost.StartAsync(settings, time);
        Answer(host);
        await host.Get<InsightsExporter>().Connected.WaitAsync(Hang);

        // Far more than all queues hold.
        for (var i = 0; i < 20_000; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            host.Metrics.RequestCompleted("intent", "1", "overloaded", TimeSpan.FromMilliseconds(2), Slo, 0);
        }

        await UntilAsync(() => ingestion.Batches > 0);
        Assert.InRange(host.Get<InsightsExporter>().Waiting, 0, InsightsExporter.MaxWaiting);
        await host.StopAsync().WaitAsync(Hang);
        Assert.True(Lost(host, "full") >= 20_000 - RequestSampler.Capacity - InsightsExporter.MaxWaiting);
        Assert.Empty(ingestion.Items);
    }

    [Fact]
    public async Task Endpoint_DownForAWhile_GetsWhatWaitedWhenItIsBack()
    {
        await using var ingestion = new FakeIngestion { Status = 503 };
        var time = new FakeTimeProvider();
        await using var host = await TelemetryHost.StartAsync(TelemetryHost.Settings(ingestion.ConnectionString), time);
        Answer(host);
        await host.Get<InsightsExporter>().Connected.WaitAsync(Hang);
        await UntilAsync(() => ingestion.Batches > 0);

        ingestion.Status = 200;
        await host.StopAsync();

        Assert.Single(ingestion.Items, item => Wire.IsRequest(item, "ok"));
        Assert.Equal(0, Lost(host, "full") + Lost(host, "refused"));
    }

    [Fact]
    public async Task Endpoint_ThatRefusesForGood_IsNotAskedAgainAndTheLossIsCounted()
    {
        await using var ingestion = new FakeIngestion { Status = 400 };
        var time = new FakeTimeProvider();
        await using var host = await TelemetryHost.StartAsync(TelemetryHost.Settings(ingestion.ConnectionString), time);
        Answer(host);
        await UntilAsync(() => Lost(host, "refused") > 0);

        // The warning of it comes with the next batch.
        ingestion.Status = 200;
        await host.StopAsync();

        Assert.DoesNotContain(ingestion.Items, item => Wire.Type(item) == "RequestData");
        Assert.Contains(ingestion.Items, item => Wire.IsMetric(item, MetricNames.TelemetryLost) && Wire.Property(item, "reason") == "refused");
        Assert.Contains(ingestion.Items, item => Wire.Type(item) == "MessageData" && Wire.Property(item, "EventId") == "3004");
    }

    [Fact]
    public async Task Request_ThatIsNotChosen_AllocatesNothing()
    {
        await using var ingestion = new FakeIngestion();
        var settings = TelemetryHost.Settings(ingestion.ConnectionString);
        settings["Scoring:Telemetry:RequestsPerSecond"] = "0.01";
        await using var host = await TelemetryHost.StartAsync(settings, TimeProvider.System);
        RecordMany(host.Metrics);

        var before = GC.GetAllocatedBytesForCurrentThread();
        RecordMany(host.Metrics);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task Start_WithoutConnectionString_HasNoExporter()
    {
        await using var host = await TelemetryHost.StartAsync(new Dictionary<string, string?>(), new FakeTimeProvider());
        Answer(host);

        Assert.Throws<InvalidOperationException>(host.Get<InsightsExporter>);
        Assert.Null(ScoringActivity.StartRequest("intent"));
    }

    private static long Lost(TelemetryHost host, string reason) => host.Metrics.AllSeries.OfType<CounterSeries>()
        .Where(series => series.Name == MetricNames.TelemetryLost && series.Dimensions.Any(tag => (string?)tag.Value == reason)).Sum(series => series.Total);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Hang);
        while (!condition())
        {
            await Task.Delay(10, limit.Token);
        }
    }

    private static void RecordMany(ScoringMetrics metrics)
    {
        for (var i = 0; i < 1000; i++)
        {
            const string Caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
            using var span = ScoringActivity.StartRequest("intent", Caller);
            using var run = ScoringActivity.StartRun("intent", "1", 1);
            metrics.RequestCompleted("intent", "1", "ok", TimeSpan.Zero, Slo, 1, span, Caller);
        }
    }

    private static void Answer(TelemetryHost host) => host.Metrics.RequestCompleted("intent", "1", "ok", TimeSpan.FromMilliseconds(2), Slo, 1);

    private sealed class MinuteThatIsOver : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == TimeSpan.FromMinutes(1) ? TimeSpan.Zero : dueTime, period);
    }
}
