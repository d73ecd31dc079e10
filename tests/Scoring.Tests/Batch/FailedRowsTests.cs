using Scoring.Batch.Jobs;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Batch;

/// <summary>Jobs that end as soon as too many of their rows have failed.</summary>
[Collection(SharedAzurite.Name)]
public sealed class FailedRowsTests(Azurite azurite) : IAsyncLifetime
{
    private readonly string id = $"job-{Guid.NewGuid():N}";
    private BatchHost host = null!;

    public async Task InitializeAsync() => host = await BatchHost.StartAsync(azurite, null, ("Scoring:Batch:ChunkRows", "100"));

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("2", true)]
    [InlineData("1", false)]
    [InlineData("0", false)]
    [InlineData("\"2.5%\"", true)]
    [InlineData("\"2.4%\"", false)]
    [InlineData("\"0%\"", false)]
    [InlineData("\"100%\"", true)]
    public async Task Process_JobOfOneChunk_FailsBeyondItsLimitOnly(string limit, bool succeeds)
    {
        var lines = SampleSessions.Take(80).ToList();
        (lines[7], lines[70]) = ("{broken", "{}");
        await host.UploadAsync($"{id}.jsonl", string.Join('\n', lines));

        await RunAsync(limit);

        var job = await host.Service.ShowAsync(id, default);
        Assert.Equal(succeeds ? JobState.Succeeded : JobState.Failed, job.State);
        Assert.Equal(succeeds, (await host.Scores.GetBlobClient($"{id}.jsonl").ExistsAsync()).Value);
        if (!succeeds)
        {
            Assert.Contains($"2 of the 80 rows scored so far failed, more than its maxFailedRows of {limit.Trim('"')}", job.Error!.Detail, StringComparison.Ordinal);
            Assert.Contains("row 7: invalid_json", job.Error.Detail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("150", true)]
    [InlineData("\"3%\"", true)]
    [InlineData("250", false)]
    [InlineData("\"5%\"", false)]
    public async Task Drain_LargeJob_FailsBeyondItsLimitBeforeAllIsScored(string limit, bool fails)
    {
        // The first two chunks are bad.
        await host.UploadAsync($"{id}.jsonl", string.Join('\n', SampleSessions.Take(4000).Select((line, i) => i < 200 ? "{}" : line)));

        await RunAsync(limit);

        var job = await host.Service.ShowAsync(id, default);
        if (fails)
        {
            Assert.Equal((JobState.Failed, "invalid_value"), (job.State, job.Error!.Code));
            Assert.InRange(job.Rows, 200, 3999);
            Assert.Contains("missing_feature", job.Error.Detail, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal((JobState.Succeeded, 4000, 200), (job.State, job.Rows, job.RowsFailed));
        }
    }

    // The share is known to be exceeded when the scan ends, behind the last chunk that has bad rows.
    [Fact]
    public async Task Drain_LargeJobOfManyPlanningSteps_FailsByItsShare()
    {
        await using var other = await BatchHost.StartAsync(azurite, null, ("Scoring:Batch:ChunkRows", "100"), ("Scoring:Batch:PlanStepBytes", "100000"));
        await other.UploadAsync($"{id}.jsonl", string.Join('\n', SampleSessions.Take(4000).Select((line, i) => i < 200 ? "{}" : line)));

        await RunAsync(other, "\"4.9%\"");

        var job = await other.Service.ShowAsync(id, default);
        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains("maxFailedRows of 4.9% of 4000 rows", job.Error!.Detail, StringComparison.Ordinal);
        Assert.InRange(job.Rows, 200, 3999);
    }

    [Fact]
    public async Task Process_RowThatAsksForMoreMemoryThanThereIs_FailsAlone()
    {
        new GraphBuilder().Input("s", DataType.Int64, 1).Node("ConstantOfShape", ["s"], ["y"]).Output("y", DataType.Float, "n").Save(Path.Combine(host.ModelRepository, "zeros", "1"));
        await host.UploadAsync($"{id}.jsonl", "[1]\n[35184372088832]\n[2]\n");

        await RunAsync(host, "1", "zeros");

        var lines = (await host.ReadOutputAsync($"{id}.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Equal("""{"index":0,"outputs":{"y":[0]}}""", lines[0]);
        Assert.Contains("\"code\":\"body_too_large\"", lines[1], StringComparison.Ordinal);
        Assert.Equal("""{"index":2,"outputs":{"y":[0,0]}}""", lines[2]);
    }

    private Task RunAsync(string limit) => RunAsync(host, limit);

    private async Task RunAsync(BatchHost on, string limit, string model = "intent")
    {
        var pump = new QueuePump(azurite);
        await pump.SendAsync($$"""{"id":"{{id}}","model":"{{model}}","maxFailedRows":{{limit}},"input":{"blob":"inputs/{{id}}.jsonl"} }""");
        await pump.DrainAsync(() => Task.FromResult(on.Functions));
    }
}
