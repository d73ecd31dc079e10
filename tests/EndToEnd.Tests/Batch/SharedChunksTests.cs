using System.Globalization;
using System.Text.Json.Nodes;
using Azure.Storage.Queues;
using TestCommon;

namespace EndToEnd.Tests.Batch;

/// <summary>How processes share the chunks of jobs, by host.json as it is shipped. The storage is distant, so that a chunk takes about a second on any machine.</summary>
public sealed class SharedChunksTests : IAsyncLifetime
{
    private const int ChunkRows = 100;
    private const string Patient = "00:10:00";

    // Within a fifth of an equal part.
    private const double Tolerance = 0.2;

    private static readonly TimeSpan Distance = TimeSpan.FromMilliseconds(100);

    private JobCluster cluster = null!;

    public async Task InitializeAsync()
    {
        cluster = await JobCluster.StartAsync(
            ("Scoring__Batch__ChunkRows", $"{ChunkRows}"), ("Scoring__Preload", "intent"), ("LOCALHOST_QUEUE_LEASE", Patient));
        cluster.MoveAway(Distance);
    }

    public Task DisposeAsync() => cluster.DisposeAsync().AsTask();

    [Fact]
    public Task Chunks_OfAJob_AreSharedByTwoProcesses() => AreSharedAsync(processes: 2);

    [Fact]
    [Trait("Category", "Proof")]
    public Task Chunks_OfAJob_AreSharedByFourProcesses() => AreSharedAsync(processes: 4);

    private async Task AreSharedAsync(int processes)
    {
        // So few chunks that batches of 16 would leave a process without any; so far away that a look at the queue every second makes no difference.
        const int Each = 12;
        cluster.MoveAway(1.5 * Distance);
        await UploadAsync("rows", chunks: Each * processes);
        await cluster.GrowAsync(processes);
        await Task.WhenAll(cluster.Apps.Select(app => app.WaitAsync("v2/health/ready")));
        var before = await RowsAsync();

        await cluster.SendAsync("""{"id":"shared","model":"intent","input":{"blob":"inputs/rows.csv"} }""");
        await Poll.UntilAsync(() => cluster.HasEndedAsync("shared"));

        var shares = (await RowsAsync()).Zip(before, (after, first) => (after - first) / ((double)Each * processes * ChunkRows)).ToList();
        Assert.All(shares, share => Assert.True(
            Math.Abs((share * processes) - 1) <= Tolerance, $"{processes} processes: {string.Join(", ", shares.Select(part => part.ToString("P0", CultureInfo.InvariantCulture)))}"));
    }

    [Fact]
    public async Task Kill_AmidAJob_HidesNoMoreChunksThanTheProcessWorkedOn()
    {
        await UploadAsync("rows", chunks: 40);
        await cluster.GrowAsync(1);
        await cluster.SendAsync("""{"id":"hidden","model":"intent","input":{"blob":"inputs/rows.csv"} }""");
        await Poll.UntilAsync(async () => (int?)(await cluster.ShowAsync("hidden"))?["chunks"] > 0);

        await cluster.Apps[0].KillAsync();

        var queue = new QueueClient(cluster.Storage.ConnectionString, "score-steps");
        var all = (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount;
        var visible = 0;
        for (int received; (received = (await queue.ReceiveMessagesAsync(32, TimeSpan.FromMinutes(5))).Value.Length) > 0;)
        {
            visible += received;
        }

        // host.json's batch, and its default for the threshold: half a batch for each processor.
        var batch = (int)JsonNode.Parse(await File.ReadAllTextAsync(Checkout.PathTo("host.json")))!["extensions"]!["queues"]!["batchSize"]!;
        Assert.InRange(all - visible, 1, batch + (batch / 2 * Environment.ProcessorCount));
        Assert.InRange(visible, 20, 40);
    }

    [Fact]
    public async Task SmallJob_BehindALargeOne_EndsBeforeIt()
    {
        await UploadAsync("large", chunks: 80);
        await UploadAsync("small", chunks: 3);
        await cluster.GrowAsync(1);
        await cluster.SendAsync("""{"id":"large","model":"intent","input":{"blob":"inputs/large.csv"} }""");
        await Poll.UntilAsync(async () => (int?)(await cluster.ShowAsync("large"))?["chunks"] > 0);
        var before = (int)(await cluster.ShowAsync("large"))!["chunks"]!;

        await cluster.SendAsync("""{"id":"small","model":"intent","input":{"blob":"inputs/small.csv"} }""");
        await Poll.UntilAsync(() => cluster.HasEndedAsync("small"));

        // A queue that is first in, first out lets 80 chunks pass; turn by turn it is what is in work while the small job starts, scans and scores: about twenty.
        var large = (await cluster.ShowAsync("large"))!;
        Assert.Equal("succeeded", (string?)(await cluster.ShowAsync("small"))!["state"]);
        Assert.InRange((int)large["chunks"]! - before, 0, 50);
        Assert.Equal("running", (string?)large["state"]);
        (await cluster.Client.DeleteAsync(new Uri("api/jobs/large", UriKind.Relative))).EnsureSuccessStatusCode();
    }

    private async Task UploadAsync(string name, int chunks)
    {
        await using var input = await JobInputs.MakeAsync("csv", chunks * ChunkRows);
        await cluster.UploadAsync($"{name}.csv", input);
    }

    private async Task<IReadOnlyList<double>> RowsAsync() => await Task.WhenAll(cluster.Apps.Select(async app =>
        (double)JsonNode.Parse(await app.Client.GetStringAsync(new Uri("api/metrics", UriKind.Relative)))!["batch"]!["rows"]!));
}
