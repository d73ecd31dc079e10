using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Extensions.Options;
using Scoring.Batch;
using Scoring.Batch.DuckDb;
using Scoring.Batch.Jobs;
using TestCommon;

namespace Scoring.Tests.Batch.DuckDb;

/// <summary>A running query is looked at twice a second, and the look that finds its job cancelled is the last.</summary>
[Collection(SharedAzurite.Name)]
public sealed class SqlCancelTests(Azurite azurite)
{
    private const string Endless = "SELECT count(*) AS n FROM range(1000000000000)";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string id = $"job-{Guid.NewGuid():N}";

    [Fact]
    public async Task Cancel_RunningSql_IsSeenByTheNextLook()
    {
        var looks = new LookCounter($"/jobs/{id}/status.json");
        await using var host = await BatchHost.StartAsync(azurite, looks);
        await using var other = await BatchHost.StartAsync(azurite);
        await host.UploadAsync($"{id}.jsonl", SampleSessions.Lines[0]);
        var pump = new QueuePump(azurite);
        await pump.SendAsync($$"""{"id":"{{id}}","model":"intent","features":"{{Endless}}","input":{"blob":"inputs/{{id}}.jsonl"} }""");
        var run = pump.DrainAsync(() => Task.FromResult(host.Functions));
        using var limit = new CancellationTokenSource(Patience);
        while (!host.Log.Any(line => line.Contains($"Job {id}: its SQL runs", StringComparison.Ordinal)))
        {
            await Task.Delay(20, limit.Token);
        }

        await other.Service.CancelAsync(id, default);
        var before = looks.Count;
        await run.WaitAsync(Patience);

        // One look may have been under way when the job was cancelled; the next one sees it.
        Assert.InRange(looks.Count - before, 0, 2);
        Assert.Equal(JobState.Cancelled, (await other.Service.ShowAsync(id, default)).State);
    }

    [Fact]
    public async Task EnterSql_WhileAQueryRuns_WaitsForItsEnd()
    {
        using var budget = new DuckDbBudget(Options.Create(new BatchOptions { MaxConcurrentChunks = 4 }));
        var first = await budget.EnterSqlAsync(default);
        var second = budget.EnterSqlAsync(default);

        // Parquet has shares of its own meanwhile.
        using (await budget.EnterAsync(default))
        {
            Assert.False(second.IsCompleted);
        }

        first.Dispose();
        using var turn = await second.WaitAsync(Patience);
        Assert.Equal(256L << 20, turn.MemoryBytes);
    }

    private sealed class LookCounter(string path) : HttpPipelineSynchronousPolicy
    {
        private int count;

        public int Count => Volatile.Read(ref count);

        public override void OnSendingRequest(HttpMessage message)
        {
            if (message.Request.Method == RequestMethod.Get && message.Request.Uri.Path.EndsWith(path, StringComparison.Ordinal))
            {
                Interlocked.Increment(ref count);
            }
        }
    }
}
