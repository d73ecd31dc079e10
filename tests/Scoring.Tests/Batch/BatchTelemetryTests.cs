using System.Collections.Concurrent;
using System.Diagnostics;
using Scoring.Telemetry;
using TestCommon;

namespace Scoring.Tests.Batch;

/// <summary>What a job leaves in traces and metrics.</summary>
[Collection(SharedAzurite.Name)]
public sealed class BatchTelemetryTests(Azurite azurite) : IAsyncLifetime, IDisposable
{
    private readonly string id = $"job-{Guid.NewGuid():N}";
    private readonly ActivityTraceId trace = ActivityTraceId.CreateRandom();
    private readonly ConcurrentQueue<Activity> spans = [];
    private readonly ActivityListener listener = new();
    private BatchHost host = null!;

    private string TraceParent => $"00-{trace}-{ActivitySpanId.CreateRandom()}-01";

    public async Task InitializeAsync()
    {
        listener.ShouldListenTo = source => source.Name == ScoringActivity.SourceName;
        listener.Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded;
        listener.ActivityStopped = spans.Enqueue;
        ActivitySource.AddActivityListener(listener);
        host = await BatchHost.StartAsync(azurite, null, ("Scoring:Batch:ChunkRows", "300"));
    }

    public Task DisposeAsync() => host.DisposeAsync().AsTask();

    public void Dispose() => listener.Dispose();

    [Fact]
    public async Task Drain_JobOfManyChunks_IsOneTraceOverItsMessagesAndCountsItsRuns()
    {
        await host.UploadAsync($"{id}.jsonl", string.Join('\n', SampleSessions.Lines));

        await RunAsync($$"""{"id":"{{id}}","model":"intent","traceparent":"{{TraceParent}}","input":{"blob":"inputs/{{id}}.jsonl"} }""");

        var ours = spans.Where(span => span.TraceId == trace).ToList();
        var messages = ours.Where(span => span.OperationName == "message").ToDictionary(span => span.SpanId);
        var chunks = ours.Where(span => span.OperationName == "chunk").ToList();
        Assert.Equal([0, 1, 2, 3], chunks.Select(span => (int)span.GetTagItem("scoring.chunk")!).Order());
        Assert.All(chunks, chunk =>
        {
            // The chunk's message was sent by the planning step's, that one by the job's.
            var plan = messages[messages[chunk.ParentSpanId].ParentSpanId];
            Assert.Contains(plan.ParentSpanId, messages);
        });
        // Messages that end together may each find the job whole; the first commit makes it.
        var commits = ours.Where(span => span.OperationName == "commit").ToList();
        Assert.NotEmpty(commits);
        Assert.All(commits, span => Assert.Contains(span.ParentSpanId, messages));
        Assert.Equal(1000, Total(MetricNames.Rows));
        Assert.InRange(new MetricAggregator(host.Part<ScoringMetrics>()).Collect().Where(point => point.Name == MetricNames.InferenceDuration).Sum(point => point.Count), 4, 1000);
    }

    [Fact]
    public async Task Drain_JobWithoutHope_MarksItsSpanAndIsCountedOnce()
    {
        await RunAsync($$"""{"id":"{{id}}","model":"nobody","traceparent":"{{TraceParent}}","instances":[{}]}""");

        var messages = spans.Where(span => span.TraceId == trace && span.OperationName == "message").ToList();
        var failed = Assert.Single(messages);
        Assert.Equal((ActivityStatusCode.Error, null, "model_not_found"), (failed.Status, failed.StatusDescription, failed.GetTagItem("code")));
        Assert.Equal(1, Total(MetricNames.BatchJobs));
        Assert.Equal(0, Total(MetricNames.BatchPoison));
    }

    [Theory]
    [InlineData("""{"id":"ID","model":7}""")]
    [InlineData("no message of any job")]
    public async Task Drain_MessageThatIsRefused_IsCountedOnceWhenItIsPutAside(string message)
    {
        await RunAsync(message.Replace("ID", id, StringComparison.Ordinal));

        Assert.Equal(1, Total(MetricNames.BatchPoison));
    }

    private double Total(string name) => host.Part<ScoringMetrics>().AllSeries.OfType<CounterSeries>().Where(series => series.Name == name).Sum(series => series.Total);

    private async Task RunAsync(string message)
    {
        var pump = new QueuePump(azurite);
        await pump.SendAsync(message);
        await pump.DrainAsync(() => Task.FromResult(host.Functions));
    }
}
