using System.Text;
using Scoring.Batch.Jobs;
using Scoring.Telemetry;
using TestCommon;

namespace Scoring.Tests.Batch;

/// <summary>What the audit and the counts tell of who submitted a job.</summary>
[Collection(SharedAzurite.Name)]
public sealed class JobCallerTests(Azurite azurite) : IAsyncLifetime
{
    private readonly string id = $"job-{Guid.NewGuid():N}";
    private BatchHost host = null!;

    private string Message => $$"""{"id":"{{id}}","model":"intent","instances":[{{SampleSessions.Lines[0]}},{{SampleSessions.Lines[1]}}]}""";

    public async Task InitializeAsync() => host = await BatchHost.StartAsync(azurite);

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Start_MessageOfTheQueue_IsSubmittedByTheQueueOnceHoweverOftenItComes()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => host.Functions.Starter.StartAsync(Message, default)));
        await host.Functions.Starter.StartAsync(Message, default);

        Assert.Equal($"Information: job_submitted by queue: job {id} of model intent", Assert.Single(Submitted).TrimEnd());
        Assert.Equal((1, 2), Counted("queue"));
    }

    [Fact]
    public async Task Start_JobThatACallerSubmitted_IsCountedForThemAndNotForTheQueue()
    {
        await host.Service.SubmitAsync(JobService.Read(Encoding.UTF8.GetBytes(Message)), new JobCaller("an owner", SeesAll: false, SeesOwnerless: false, "entra:ann"), default);

        await new QueuePump(azurite).DrainAsync(() => Task.FromResult(host.Functions));

        Assert.Equal(JobState.Succeeded, (await host.Service.ShowAsync(id, default)).State);
        Assert.Empty(Submitted);
        Assert.Equal((1, 2), Counted("entra:ann"));
        Assert.Equal((0, 0), Counted("queue"));
    }

    [Fact]
    public async Task Start_FailedJobThatIsTriedAgain_IsNotSubmittedASecondTime()
    {
        var message = $$"""{"id":"{{id}}","model":"intent","input":{"blob":"inputs/{{id}}.jsonl"} }""";
        await host.Functions.Starter.StartAsync(message, default);
        await host.Service.RetryAsync(id, default);

        await new QueuePump(azurite).DrainAsync(() => Task.FromResult(host.Functions));

        Assert.Equal(JobState.Failed, (await host.Service.ShowAsync(id, default)).State);
        Assert.Single(Submitted);
        Assert.Equal((0, 0), Counted("queue"));
    }

    private IEnumerable<string> Submitted => host.Log.Where(line => line.Contains(AuditLog.JobSubmitted, StringComparison.Ordinal) && line.Contains(id, StringComparison.Ordinal));

    private (long Requests, long Rows) Counted(string caller) => (Total(MetricNames.CallerRequests, caller), Total(MetricNames.CallerRows, caller));

    private long Total(string name, string caller) => host.Part<ScoringMetrics>().AllSeries.OfType<CounterSeries>()
        .Where(series => series.Name == name && series[MetricDimensions.Caller] == caller && series[MetricDimensions.Model] == "intent").Sum(series => series.Total);
}
