using System.Diagnostics;
using System.Globalization;
using Azure.Storage.Blobs;
using TestCommon;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Batch;

/// <summary>What small jobs wait for. Figures, not limits: both depend on the machine.</summary>
[Trait("Category", "Proof")]
public sealed class SmallJobFiguresTests(ITestOutputHelper output)
{
    private const int Rounds = 7;

    [Fact]
    public async Task SmallJob_BesideALargeOne_BesideItsTimeAlone()
    {
        await using var cluster = await JobCluster.StartAsync(("Scoring__Batch__ChunkRows", "20000"), ("Scoring__Preload", "intent"));
        await UploadAsync(cluster, "large", 4_000_000);
        await UploadAsync(cluster, "small", 60_000);
        await cluster.GrowAsync(1);
        await RunAsync(cluster, "warm-up", "small");
        var alone = new List<double>();
        var beside = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            alone.Add(await RunAsync(cluster, $"alone-{round}", "small"));
            await cluster.SendAsync(Message($"large-{round}", "large"));
            await Poll.UntilAsync(async () => (int?)(await cluster.ShowAsync($"large-{round}"))?["chunks"] > 0);
            beside.Add(await RunAsync(cluster, $"beside-{round}", "small"));
            Assert.NotEqual("succeeded", (string?)(await cluster.ShowAsync($"large-{round}"))!["state"]);
            (await cluster.Client.DeleteAsync(new Uri($"api/jobs/large-{round}", UriKind.Relative))).EnsureSuccessStatusCode();
            await Poll.UntilAsync(async () => (await cluster.FindLeftAsync($"large-{round}")).All(left => left.StartsWith("block", StringComparison.Ordinal)));
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"a job of three chunks: {Median(alone):F2} s alone, {Median(beside):F2} s beside one of 200: {Median(beside) / Median(alone):F2} times; medians of {Rounds} rounds"));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("16", "8")]
    public async Task SmallJobs_OfOneChunk_ByWhatTheHostTakes(string? batchSize, string? threshold)
    {
        const int Jobs = 200;
        (string, string)[] host = batchSize is null ? [] :
            [("AzureFunctionsJobHost__extensions__queues__batchSize", batchSize), ("AzureFunctionsJobHost__extensions__queues__newBatchThreshold", threshold!)];
        await using var cluster = await JobCluster.StartAsync([("Scoring__Preload", "intent"), .. host]);
        cluster.MoveAway(TimeSpan.FromMilliseconds(10));
        await cluster.GrowAsync(1);
        var session = (await File.ReadAllLinesAsync(Checkout.PathTo("samples", "intent", "sessions.jsonl")))[0];
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, Jobs, async (i, _) => await cluster.SendAsync($$"""{"id":"one-{{i}}","model":"intent","instances":[{{session}}]}"""));
        var scores = new BlobContainerClient(cluster.Storage.ConnectionString, "scores");
        await Poll.UntilAsync(async () => (await scores.ExistsAsync()).Value && await scores.GetBlobsAsync().CountAsync() == Jobs);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"batch size {batchSize ?? "as shipped"}: {Jobs / Stopwatch.GetElapsedTime(started).TotalSeconds:F1} jobs of one row a second, storage 10 ms away"));
    }

    private static string Message(string id, string input) => $$"""{"id":"{{id}}","model":"intent","input":{"blob":"inputs/{{input}}.csv"} }""";

    private static async Task UploadAsync(JobCluster cluster, string name, int rows)
    {
        await using var input = await JobInputs.MakeAsync("csv", rows);
        await cluster.UploadAsync($"{name}.csv", input);
    }

    private static async Task<double> RunAsync(JobCluster cluster, string id, string input)
    {
        var started = Stopwatch.GetTimestamp();
        await cluster.SendAsync(Message(id, input));
        await Poll.UntilAsync(() => cluster.HasEndedAsync(id));
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
