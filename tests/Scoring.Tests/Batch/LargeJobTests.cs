using System.IO.Compression;
using System.Text;
using Scoring.Batch.Jobs;
using TestCommon;

namespace Scoring.Tests.Batch;

/// <summary>Jobs of many chunks, planned in several steps: whatever happens on the way, the output is that of the undisturbed job.</summary>
[Collection(SharedAzurite.Name)]
public sealed class LargeJobTests(Azurite azurite) : IAsyncLifetime
{
    private const int Rows = 3000;

    private static readonly (string, string)[] Small =
    [
        ("Scoring:Batch:ChunkBytes", "20000"), ("Scoring:Batch:ChunkRows", "97"), ("Scoring:Batch:PlanStepBytes", "150000"),
    ];

    private readonly string id = $"job-{Guid.NewGuid():N}";
    private readonly List<BatchHost> hosts = [];

    public async Task InitializeAsync() => hosts.Add(await BatchHost.StartAsync(azurite, null, Small));

    public async Task DisposeAsync()
    {
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("jsonl", false)]
    [InlineData("csv", false)]
    [InlineData("jsonl", true)]
    [InlineData("csv", true)]
    public async Task Drain_ManyChunks_GivesWhatOneChunkGives(string format, bool isPacked)
    {
        var expected = await UploadAsync(format, isPacked);

        await RunAsync();

        Assert.Equal(expected, await hosts[0].ReadOutputAsync($"{id}.jsonl"));
        var job = await hosts[0].Service.ShowAsync(id, default);
        Assert.Equal((JobState.Succeeded, Rows, Rows / 100), (job.State, job.Rows, job.RowsFailed));
        Assert.InRange(job.Chunks, 31, 200);
        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Drain_PrefixOfManyBlobs_CountsTheirRowsInTheOrderOfTheirNames()
    {
        var lines = SampleSessions.Take(Rows).ToList();
        var expected = await ScoreAtOnceAsync("jsonl", string.Join('\n', lines));
        for (var i = 0; i < 10; i++)
        {
            var part = lines.Skip(i * 300).Take(300);
            var content = i % 3 == 2 ? SampleSessions.ToCsv(part) : string.Join('\n', part) + (i % 2 == 0 ? "\n" : "");
            await hosts[0].UploadAsync($"{id}/part-{i}.{(i % 3 == 2 ? "csv" : "jsonl")}", content);
        }

        await RunAsync($$"""{"prefix":"inputs/{{id}}/"}""");

        Assert.Equal(expected, await hosts[0].ReadOutputAsync($"{id}.jsonl"));
        await AssertNothingIsLeftAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Drain_MessagesTwiceLateAndOutOfOrder_GivesTheSame(int seed)
    {
        var expected = await UploadAsync("csv", isPacked: seed == 2);

        await RunAsync(disorder: new Random(seed));

        Assert.Equal(expected, await hosts[0].ReadOutputAsync($"{id}.jsonl"));
        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Drain_ProcessesThatEndAtAnyRequest_GiveTheSame()
    {
        var random = new Random(4);
        var expected = await UploadAsync("csv", isPacked: true);

        var crashes = await RunCrashingAsync(() => new CrashPolicy(random.Next(1, 120), random.Next(2) == 0));

        Assert.Equal(expected, await hosts[0].ReadOutputAsync($"{id}.jsonl"));
        Assert.InRange(crashes, 3, int.MaxValue);
        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Drain_InputThatChangesUnderway_FailsTheJobAndSaysSo()
    {
        await UploadAsync("jsonl", isPacked: false);
        await hosts[0].Functions.Starter.StartAsync(Message(), default);
        await hosts[0].UploadAsync($"{id}.jsonl", SampleSessions.Lines[0]);

        await new QueuePump(azurite).DrainAsync(() => Task.FromResult(hosts[0].Functions));

        var job = await hosts[0].Service.ShowAsync(id, default);
        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains("changed after the job was planned", job.Error!.Detail, StringComparison.Ordinal);
        Assert.False((await hosts[0].Scores.GetBlobClient($"{id}.jsonl").ExistsAsync()).Value);
    }

    [Fact]
    public async Task Retry_JobThatFailedHalfWay_GoesOnWithWhatWasStaged()
    {
        var expected = await UploadAsync("jsonl", isPacked: false);
        await hosts[0].Functions.Starter.StartAsync(Message(), default);
        var turns = 0;
        await new QueuePump(azurite).DrainAsync(async () =>
        {
            if (++turns == 3)
            {
                // A model that went away is an error of its own.
                Directory.Move(hosts[0].ModelFolder, hosts[0].ModelFolder + ".away");
                hosts.Insert(0, await BatchHost.StartAsync(azurite, null, [.. Small, ("Scoring:Repository", hosts[0].ModelRepository)]));
            }

            return hosts[0].Functions;
        });
        var failed = await hosts[0].Service.ShowAsync(id, default);
        Assert.Equal(JobState.Failed, failed.State);
        Assert.NotNull(failed.Error!.Chunk);
        Assert.InRange(failed.Chunks, 1, 30);

        Directory.Move(hosts[1].ModelFolder + ".away", hosts[1].ModelFolder);
        hosts.Insert(0, await BatchHost.StartAsync(azurite, null, [.. Small, ("Scoring:Repository", hosts[1].ModelRepository)]));
        await hosts[0].Service.RetryAsync(id, default);
        await new QueuePump(azurite).DrainAsync(() => Task.FromResult(hosts[0].Functions));

        Assert.Equal(JobState.Succeeded, (await hosts[0].Service.ShowAsync(id, default)).State);
        Assert.Equal(expected, await hosts[0].ReadOutputAsync($"{id}.jsonl"));
        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Cancel_JobUnderway_EndsItWithoutOutput()
    {
        await UploadAsync("jsonl", isPacked: false);
        await hosts[0].Functions.Starter.StartAsync(Message(), default);

        await hosts[0].Service.CancelAsync(id, default);
        await new QueuePump(azurite).DrainAsync(() => Task.FromResult(hosts[0].Functions));

        Assert.Equal(JobState.Cancelled, (await hosts[0].Service.ShowAsync(id, default)).State);
        Assert.False((await hosts[0].Scores.GetBlobClient($"{id}.jsonl").ExistsAsync()).Value);
        Assert.Equal(["job.json", "status.json"], await hosts[0].ListJobAsync(id));
    }

    private string Message(string? input = null) =>
        $$"""{"id":"{{id}}","model":"intent","input":{{input ?? $$"""{"prefix":"inputs/{{id}}."}"""}}}""";

    // Every hundredth row is a bad one.
    private async Task<string> UploadAsync(string format, bool isPacked)
    {
        var lines = SampleSessions.Take(Rows).Select((line, i) => i % 100 == 99 ? line.Replace("\"Month\":\"", "\"Month\":\"x", StringComparison.Ordinal) : line).ToList();
        var text = format == "csv" ? SampleSessions.ToCsv(lines) : string.Join('\n', lines);
        var expected = await ScoreAtOnceAsync(format, text);
        await hosts[0].UploadAsync($"{id}.{format}{(isPacked ? ".gz" : "")}", isPacked ? Pack(text) : Encoding.UTF8.GetBytes(text));
        return expected;
    }

    private async Task<string> ScoreAtOnceAsync(string format, string text)
    {
        await using var host = await BatchHost.StartAsync(azurite);
        await host.UploadAsync($"whole-{id}.{format}", text);
        await host.Functions.Starter.StartAsync($$"""{"id":"whole-{{id}}","model":"intent","input":{"blob":"inputs/whole-{{id}}.{{format}}"} }""", default);
        return await host.ReadOutputAsync($"whole-{id}.jsonl");
    }

    private async Task RunAsync(string? input = null, Random? disorder = null)
    {
        var pump = new QueuePump(azurite, disorder);
        await pump.SendAsync(Message(input));
        await pump.DrainAsync(() => Task.FromResult(hosts[0].Functions));
        Assert.Empty(pump.Poison);
    }

    private async Task<int> RunCrashingAsync(Func<CrashPolicy> next)
    {
        var pump = new QueuePump(azurite);
        await pump.SendAsync(Message());
        BatchHost? host = null;
        CrashPolicy? policy = null;
        var crashes = 0;
        await pump.DrainAsync(async () =>
        {
            if (host is null || policy!.HasCrashed)
            {
                crashes += host is null ? 0 : 1;
                policy = next();
                host = await BatchHost.StartAsync(azurite, policy, Small);
                hosts.Add(host);
            }

            return host.Functions;
        });
        Assert.Empty(pump.Poison);
        return crashes;
    }

    private async Task AssertNothingIsLeftAsync()
    {
        Assert.Equal(["job.json", "status.json"], await hosts[0].ListJobAsync(id));
        Assert.Equal(0, await hosts[0].CountUncommittedAsync($"{id}.jsonl"));
    }

    private static byte[] Pack(string text)
    {
        // Two members, as tools that pack in parallel write them.
        using var packed = new MemoryStream();
        var bytes = Encoding.UTF8.GetBytes(text);
        foreach (var part in new[] { bytes[..(bytes.Length / 3)], bytes[(bytes.Length / 3)..] })
        {
            using var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true);
            gzip.Write(part);
        }

        return packed.ToArray();
    }
}
