using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Scoring.Telemetry;
using Scoring.Telemetry.Insights;
using TestCommon;
using static TestCommon.Wire;

namespace Scoring.Tests.Telemetry.Insights;

/// <summary>What arrives at the ingestion endpoint, byte for byte as the SDK sends it.</summary>
[Collection(nameof(SerialInsights))]
public sealed class InsightsWireTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Slo = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
    private readonly FakeTimeProvider time = new();
    private readonly FakeIngestion ingestion = new();
    private TelemetryHost host = null!;

    public async Task InitializeAsync() => host = await TelemetryHost.StartAsync(TelemetryHost.Settings(ingestion.ConnectionString), time);

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        await ingestion.DisposeAsync();
    }

    public void Dispose() => limit.Dispose();

    [Fact]
    public async Task Metrics_OneInterval_ArriveWithNamesDimensionsUnitsAndCounts()
    {
        var metrics = host.Metrics;
        await AnswerFirstAsync();
        for (var i = 0; i < 1000; i++)
        {
            metrics.RequestCompleted("intent", "3", "ok", TimeSpan.FromMilliseconds(20), Slo, 2);
            metrics.InferenceCompleted("intent", "3", TimeSpan.FromMilliseconds(10), 2);
        }

        metrics.RequestCompleted("intent", "3", "ok", TimeSpan.FromMilliseconds(80), Slo, 2);
        metrics.LoadPhaseCompleted("intent", "3", LoadPhase.Probe, TimeSpan.FromMilliseconds(250));
        metrics.ModelSwapped("intent", "2", "3");
        metrics.ModelRefused("intent", "4", "golden");
        metrics.QueueAge("score-requests", TimeSpan.FromSeconds(90));
        metrics.PoisonMessage("score-requests");
        metrics.JobCompleted("completed", "intent");
        metrics.CacheHit("verdict");
        metrics.RequestRejected("queue");
        await host.StopAsync();

        AssertMetric(MetricNames.Requests, 1000, sum: 1000, ("slo_met", "true"), ("cold", "false"), ("code", "ok"), ("model", "intent"), ("version", "3"));
        AssertMetric(MetricNames.Requests, 1, sum: 1, ("slo_met", "false"), ("cold", "false"), ("code", "ok"));
        AssertMetric(MetricNames.Rows, 2000, sum: 2000, ("model", "intent"), ("version", "3"));
        AssertMetric(MetricNames.RequestDuration, 1001, sum: 20.08, ("cold", "false"), ("model", "intent"));
        AssertMetric(MetricNames.RequestDurationBucket, 1000, sum: 1000, ("cold", "false"), ("le", "0.02"));
        AssertMetric(MetricNames.RequestDurationBucket, 1, sum: 1, ("cold", "false"), ("le", "0.1"));
        AssertMetric(MetricNames.InferenceDurationBucket, 1000, sum: 1000, ("le", "0.01"));
        AssertMetric(MetricNames.ModelLoadDuration, 1, sum: 0.25, ("phase", "probe"), ("model", "intent"), ("version", "3"));
        AssertMetric(MetricNames.ModelSwaps, 1, sum: 1, ("from_version", "2"), ("version", "3"));
        AssertMetric(MetricNames.ModelRefused, 1, sum: 1, ("version", "4"), ("reason", "golden"));
        AssertMetric(MetricNames.ModelLive, 1, sum: 1, ("model", "intent"), ("version", "3"));
        AssertMetric(MetricNames.ColdStarts, 1, sum: 1, ("trigger", "http"));
        AssertMetric(MetricNames.BatchQueueAge, 1, sum: 90);
        AssertMetric(MetricNames.BatchPoison, 1, sum: 1);
        AssertMetric(MetricNames.BatchJobs, 1, sum: 1, ("state", "completed"));
        AssertMetric(MetricNames.CacheHits, 1, sum: 1, ("cache", "verdict"));
        AssertMetric(MetricNames.RequestsRejected, 1, sum: 1, ("reason", "queue"));
        Assert.Single(ingestion.Items, item => IsMetric(item, MetricNames.ColdStartDuration) && Property(item, "phase") == "total");
        Assert.Contains(ingestion.Items, item => IsMetric(item, MetricNames.ColdStartDuration) && Property(item, "phase") == "request");
        var duration = Metric(ingestion.Items.Single(item => IsMetric(item, MetricNames.RequestDuration) && Property(item, "cold") == "false"));
        Assert.Equal((0.02, 0.08), (duration.GetProperty("min").GetDouble(), duration.GetProperty("max").GetDouble()));
    }

    [Fact]
    public async Task Requests_TenThousandInABurst_AreFewButTheirItemCountsAddUp()
    {
        await AnswerFirstAsync();
        const int Requests = 10_000;
        for (var i = 0; i < Requests; i++)
        {
            host.Metrics.RequestCompleted("intent", "3", "ok", TimeSpan.FromMilliseconds(2), Slo, 1);
        }

        time.Advance(TimeSpan.FromSeconds(1));
        host.Metrics.RequestCompleted("intent", "3", "ok", TimeSpan.FromMilliseconds(2), Slo, 1);
        await host.StopAsync();

        var kept = ingestion.Items.Where(item => IsRequest(item, "ok") && Property(item, "cold") == "false").ToArray();
        // The clock stood still: the burst's first, and the one after it, which stands for the rest. A rate of 0.01 is 10,000 to within the wire's double.
        Assert.Equal([1, Requests], kept.Select(item => Math.Round(100 / SampleRate(item), 6)));
    }

    [Fact]
    public async Task Requests_TwentyThousandRefused_ArriveAsFewThatSayTheirNumber()
    {
        await AnswerFirstAsync();
        for (var i = 0; i < 20_000; i++)
        {
            host.Metrics.RequestCompleted("intent", "3", "overloaded", TimeSpan.FromMilliseconds(1), Slo, 0);
        }

        time.Advance(TimeSpan.FromSeconds(10));
        host.Metrics.RequestCompleted("intent", "3", "overloaded", TimeSpan.FromMilliseconds(1), Slo, 0);
        await host.StopAsync();

        var refused = ingestion.Items.Where(item => IsRequest(item, "overloaded")).ToArray();
        Assert.Equal(RequestSampler.Burst + 2, refused.Length);
        Assert.Equal(20_001, Math.Round(refused.Sum(item => 100 / SampleRate(item))));
        Assert.All(refused, item => Assert.False(Data(item).GetProperty("success").GetBoolean()));
        AssertMetric(MetricNames.Requests, 20_001, sum: 20_001, ("code", "overloaded"));
        Assert.Single(ingestion.Items, item => IsRequest(item, "ok") && Property(item, "cold") == "true");
    }

    [Fact]
    public async Task Items_All_NameTheRoleAndItsInstance()
    {
        await AnswerFirstAsync();
        await host.StopAsync();

        Assert.NotEmpty(ingestion.Items);
        Assert.All(ingestion.Items, item => Assert.Equal(("shop", "machine-7"), (Tag(item, "ai.cloud.role"), Tag(item, "ai.cloud.roleInstance"))));
    }

    [Fact]
    public async Task Spans_RequestAndRun_ShareTheTraceOfTheCaller()
    {
        const string Caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        await AnswerFirstAsync();
        var request = ScoringActivity.StartRequest("intent", Caller);
        using (request)
        {
            ScoringActivity.StartWait("intent")!.Dispose();
            ScoringActivity.StartRun("intent", "3", 2)!.Dispose();
        }

        // The answer is sent when the span is over.
        host.Metrics.RequestCompleted("intent", "3", "ok", TimeSpan.FromMilliseconds(2), Slo, 2, request);

        await host.StopAsync();

        var run = Assert.Single(ingestion.Items, item => Type(item) == "RemoteDependencyData" && Data(item).GetProperty("name").GetString() == "run");
        var wait = Assert.Single(ingestion.Items, item => Type(item) == "RemoteDependencyData" && Data(item).GetProperty("name").GetString() == "wait");
        var score = Assert.Single(ingestion.Items, item => IsRequest(item, "ok") && Property(item, "cold") == "false");
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", Tag(run, "ai.operation.id"));
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", Tag(score, "ai.operation.id"));
        Assert.Equal("b7ad6b7169203331", Tag(score, "ai.operation.parentId"));
        Assert.All([run, wait], item => Assert.Equal(Data(score).GetProperty("id").GetString(), Tag(item, "ai.operation.parentId")));
    }

    [Fact]
    public async Task Spans_RequestInsideAnActivityOfTheWebServer_HasItsCallerAsParent()
    {
        await AnswerFirstAsync();
        // As ASP.NET Core makes one for each request while nobody listens to its source.
        using (var server = new Activity("HttpRequestIn").SetParentId("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").Start())
        using (var request = ScoringActivity.StartRequest("intent"))
        {
            host.Metrics.RequestCompleted("intent", "3", "ok", TimeSpan.FromMilliseconds(2), Slo, 2, request);
        }

        await host.StopAsync();

        var score = Assert.Single(ingestion.Items, item => IsRequest(item, "ok") && Property(item, "cold") == "false");
        Assert.Equal(("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"), (Tag(score, "ai.operation.id"), Tag(score, "ai.operation.parentId")));
    }

    [Fact]
    public async Task Spans_RequestWithoutACaller_BeginsItsTrace()
    {
        await AnswerFirstAsync();
        using (var server = new Activity("HttpRequestIn").Start())
        using (var request = ScoringActivity.StartRequest("intent"))
        {
            host.Metrics.RequestCompleted("intent", "3", "ok", TimeSpan.FromMilliseconds(2), Slo, 2, request);
        }

        host.Metrics.RequestCompleted("intent", "3", "overloaded", TimeSpan.FromMilliseconds(2), Slo, 2);
        await host.StopAsync();

        var both = ingestion.Items.Where(item => Type(item) == "RequestData" && Property(item, "cold") == "false").ToArray();
        Assert.Equal(2, both.Length);
        Assert.All(both, item => Assert.False(item.GetProperty("tags").TryGetProperty("ai.operation.parentId", out _)));
        Assert.All(both, item => Assert.Equal(32, Tag(item, "ai.operation.id")!.Length));
    }

    [Fact]
    public async Task Spans_OneTraceForEight_RunsWeighAsManyRequests()
    {
        await AnswerFirstAsync();
        for (var i = 0; i < 9; i++)
        {
            // The first of all and the ninth have their turn; the ninth stands for the eight since.
            time.Advance(i == 8 ? TimeSpan.FromSeconds(1) : TimeSpan.Zero);
            using var request = ScoringActivity.StartRequest("intent");
            ScoringActivity.StartRun("intent", "3", 1)?.Dispose();
            host.Metrics.RequestCompleted("intent", "3", "ok", TimeSpan.FromMilliseconds(2), Slo, 1, request);
        }

        await host.StopAsync();

        var runs = ingestion.Items.Where(item => Type(item) == "RemoteDependencyData").Select(item => Math.Round(100 / SampleRate(item)));
        var requests = ingestion.Items.Where(item => IsRequest(item, "ok") && Property(item, "cold") == "false").Select(item => Math.Round(100 / SampleRate(item)));
        Assert.Equal([1, 8], runs);
        Assert.Equal([1, 8], requests);
    }

    [Fact]
    public async Task Spans_MessagesInABurst_FailuresArriveAndTheRestIsWeighed()
    {
        await AnswerFirstAsync();
        for (var i = 0; i < 100; i++)
        {
            using var message = ScoringActivity.StartMessage($"job{i}", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
            if (i % 10 == 5)
            {
                message!.SetStatus(ActivityStatusCode.Error);
            }
        }

        await host.StopAsync();

        var messages = ingestion.Items.Where(item => Type(item) == "RequestData" && Property(item, "scoring.job") is not null).ToArray();
        var failed = messages.Where(item => !Data(item).GetProperty("success").GetBoolean()).ToArray();
        Assert.Equal(10, failed.Length);
        // The clock stood still: the first one, which did not fail, and the failures.
        Assert.Equal(11, messages.Length);
        Assert.All(messages, item => Assert.Equal("0af7651916cd43dd8448eb211c80319c", Tag(item, "ai.operation.id")));
    }

    /// <summary>The first answer, after which the SDK is set up.</summary>
    private async Task AnswerFirstAsync()
    {
        host.Metrics.RequestCompleted("intent", "3", "ok", TimeSpan.FromMilliseconds(30), Slo, 1);
        await host.Get<InsightsExporter>().Connected.WaitAsync(limit.Token);
        // Whatever comes from here on arrived after the first answer.
        time.Advance(TimeSpan.FromSeconds(10));
    }

    private void AssertMetric(string name, int count, double sum, params (string Name, string Value)[] dimensions)
    {
        var found = ingestion.Items
            .Where(item => IsMetric(item, name) && dimensions.All(dimension => Property(item, dimension.Name) == dimension.Value))
            .Select(Metric).ToArray();
        var metric = Assert.Single(found);
        Assert.Equal(count, metric.TryGetProperty("count", out var given) ? given.GetInt32() : 1);
        Assert.Equal(sum, metric.GetProperty("value").GetDouble(), precision: 6);
    }

    private static string? Tag(JsonElement item, string name) => item.GetProperty("tags").GetProperty(name).GetString();
}
