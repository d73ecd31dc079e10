using Azure.Core;
using Azure.Core.Pipeline;
using Scoring.Batch.Jobs;
using TestCommon;

namespace Scoring.Tests.Batch;

/// <summary>The list of jobs: its order, its filters and what it costs.</summary>
[Collection(SharedAzurite.Name)]
public sealed class JobListTests(Azurite azurite) : IAsyncLifetime
{
    private readonly string id = $"job-{Guid.NewGuid():N}";
    private readonly RequestCounter requests = new();
    private BatchHost host = null!;

    public async Task InitializeAsync() => host = await BatchHost.StartAsync(azurite, requests);

    // What was submitted is not to reach the next test.
    public async Task DisposeAsync()
    {
        await new QueuePump(azurite).DrainAsync(() => Task.FromResult(host.Functions));
        await host.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(100)]
    public async Task List_OfAGroup_ShowsEachJobOnceNewestFirst(int limit)
    {
        for (var i = 0; i < 5; i++)
        {
            await SubmitAsync(i);
        }

        var (jobs, pages) = await ListAsync(new JobFilter(Group: id), limit);

        Assert.Equal(["4", "3", "2", "1", "0"], jobs.Select(job => job.Id[(id.Length + 1)..]));
        Assert.Equal((5 + limit - 1) / limit, pages);
        Assert.All(jobs, job => Assert.Equal((JobState.Queued, "intent", id), (job.State, job.Model, job.Group)));
    }

    [Fact]
    public async Task List_ByState_ShowsThoseInIt()
    {
        for (var i = 0; i < 4; i++)
        {
            await SubmitAsync(i);
        }

        await host.Functions.Starter.StartAsync($$"""{"id":"{{id}}-1","stored":true}""", default);
        await host.Service.CancelAsync($"{id}-2", default);

        Assert.Equal([$"{id}-3", $"{id}-0"], (await ListAsync(new JobFilter(JobState.Queued, Group: id), 1)).Jobs.Select(job => job.Id));
        Assert.Equal([$"{id}-2"], (await ListAsync(new JobFilter(JobState.Cancelled, "intent", id), 20)).Jobs.Select(job => job.Id));
        var done = Assert.Single((await ListAsync(new JobFilter(JobState.Succeeded, Group: id), 20)).Jobs);
        Assert.Equal(($"{id}-1", "1", 1, 0), (done.Id, done.Version, done.Rows, done.RowsFailed));
        Assert.Empty((await ListAsync(new JobFilter(JobState.Queued, "nobody", id), 20)).Jobs);
    }

    [Fact]
    public async Task List_Newest_CostsOneListingAndAReadAJob()
    {
        for (var i = 0; i < 5; i++)
        {
            await SubmitAsync(i);
        }

        requests.Count = 0;
        var page = await host.Service.ListAsync(new JobFilter(), null, 3, default);

        Assert.Equal([$"{id}-4", $"{id}-3", $"{id}-2"], page.Jobs.Select(job => job.Id));
        Assert.NotNull(page.Next);
        Assert.Equal(1 + 3, requests.Count);
    }

    [Fact]
    public async Task List_JobOfAMessageWhoseProcessEndedBetweenTwoWrites_ShowsItOnce()
    {
        var message = $$"""{"id":"{{id}}-0","model":"intent","group":"{{id}}","instances":[{{SampleSessions.Lines[0]}}]}""";
        await SubmitAsync(7);
        await using (var crashing = await BatchHost.StartAsync(azurite, new CrashPolicy(2, after: false)))
        {
            await Assert.ThrowsAsync<CrashException>(() => crashing.Functions.Starter.StartAsync(message, default));
        }

        await host.Functions.Starter.StartAsync(message, default);
        await host.Functions.Starter.StartAsync(message, default);

        Assert.Equal([$"{id}-0", $"{id}-7"], (await ListAsync(new JobFilter(Group: id), 20)).Jobs.Select(job => job.Id));
    }

    [Theory]
    [InlineData("%")]
    [InlineData("abcd")]
    public async Task List_AfterWhatNoPageGave_IsRefused(string after) =>
        Assert.Equal(ErrorCode.InvalidValue, (await Assert.ThrowsAsync<ScoringException>(() => host.Service.ListAsync(new JobFilter(), after, 20, default))).Code);

    private Task<JobView> SubmitAsync(int number) => host.Service.SubmitAsync(
        JobService.Read(System.Text.Encoding.UTF8.GetBytes($$"""{"id":"{{id}}-{{number}}","model":"intent","group":"{{id}}","instances":[{{SampleSessions.Lines[0]}}]}""")), default);

    private async Task<(List<JobSummary> Jobs, int Pages)> ListAsync(JobFilter filter, int limit)
    {
        var (jobs, pages) = (new List<JobSummary>(), 0);
        string? after = null;
        do
        {
            var page = await host.Service.ListAsync(filter, after, limit, default);
            Assert.InRange(page.Jobs.Count, 0, limit);
            jobs.AddRange(page.Jobs);
            pages += page.Jobs.Count > 0 ? 1 : 0;
            after = page.Next;
        }
        while (after is not null);
        return (jobs, pages);
    }

    private sealed class RequestCounter : HttpPipelineSynchronousPolicy
    {
        private int count;

        public int Count
        {
            get => count;
            set => count = value;
        }

        public override void OnSendingRequest(HttpMessage message) => Interlocked.Increment(ref count);
    }
}
