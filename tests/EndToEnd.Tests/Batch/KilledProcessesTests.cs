using System.Globalization;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Batch;

/// <summary>Jobs drained by processes that are killed, and over a storage that goes away: the output is the undisturbed one, byte for byte.</summary>
public sealed class KilledProcessesTests(ITestOutputHelper output)
{
    [Fact]
    public Task Drain_ThreeProcessesKilledAFewTimes_GivesTheSameBytes() => DrainAsync("jsonl", rows: 40_000, kills: 4, chunkRows: 1_000);

    [Theory]
    [InlineData("jsonl")]
    [InlineData("csv")]
    [InlineData("parquet")]
    [Trait("Category", "Proof")]
    public Task Drain_TwoMillionRowsThirtyKills_GivesTheSameBytes(string format) => DrainAsync(format, rows: 2_000_000, kills: 30, chunkRows: 10_000);

    [Fact]
    public Task Outage_ShortOne_EndsWell() => BreakAsync(rows: 40_000, chunkRows: 1_000, TimeSpan.FromSeconds(3));

    [Fact]
    [Trait("Category", "Proof")]
    public Task Outage_OfTwentySeconds_EndsWell() => BreakAsync(rows: 500_000, chunkRows: 5_000, TimeSpan.FromSeconds(20));

    private async Task DrainAsync(string format, int rows, int kills, int chunkRows)
    {
        await using var cluster = await StartAsync(chunkRows);
        var expected = await RunUndisturbedAsync(cluster, format, rows);
        await cluster.GrowAsync(3);
        var random = new Random(rows);

        await cluster.SendAsync(Message("killed", format));
        var killed = 0;
        while (!await EndedAsync(cluster, "killed"))
        {
            await Task.Delay(random.Next(100, 1500));
            if (killed < kills)
            {
                await cluster.KillAsync(random);
                killed++;
            }
        }

        await AssertSameAsync(cluster, "killed", expected);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{format}: {rows} rows by 3 processes, {killed} of them killed: the same {expected[..12]}… byte for byte, nothing left behind"));
    }

    private async Task BreakAsync(int rows, int chunkRows, TimeSpan outage)
    {
        await using var cluster = await StartAsync(chunkRows);
        var expected = await RunUndisturbedAsync(cluster, "jsonl", rows);
        await cluster.GrowAsync(2);

        await cluster.SendAsync(Message("broken", "jsonl"));
        await Poll.UntilAsync(async () => (int?)(await cluster.ShowAsync("broken"))?["chunks"] > 0);
        await cluster.Storage.StopAsync();
        await Task.Delay(outage);
        await cluster.Storage.StartAsync();
        await Poll.UntilAsync(() => EndedAsync(cluster, "broken"));

        await AssertSameAsync(cluster, "broken", expected);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows} rows with the storage gone for {outage.TotalSeconds:F0} s: the same {expected[..12]}… byte for byte, nothing left behind"));
    }

    private static Task<JobCluster> StartAsync(int chunkRows) => JobCluster.StartAsync(
        ("Scoring__Batch__ChunkRows", chunkRows.ToString(CultureInfo.InvariantCulture)), ("Scoring__Batch__PlanStepBytes", "20000000"));

    private static string Message(string id, string format) => $$"""{"id":"{{id}}","model":"intent","input":{"blob":"inputs/rows.{{format}}"} }""";

    private static async Task<string> RunUndisturbedAsync(JobCluster cluster, string format, int rows)
    {
        await using (var input = await JobInputs.MakeAsync(format == "parquet" ? "csv" : format, rows))
        {
            await cluster.UploadAsync(format == "parquet" ? "rows.csv" : $"rows.{format}", input);
        }

        if (format == "parquet")
        {
            await ParquetInputs.ConvertAsync(cluster, "rows.csv", "rows.parquet");
        }

        await cluster.GrowAsync(1);
        await cluster.SendAsync(Message("undisturbed", format));
        await Poll.UntilAsync(() => EndedAsync(cluster, "undisturbed"));
        Assert.Equal(rows, (int)(await cluster.ShowAsync("undisturbed"))!["rows"]!);
        return await cluster.HashAsync("undisturbed");
    }

    private static async Task<bool> EndedAsync(JobCluster cluster, string id)
    {
        try
        {
            return await cluster.HasEndedAsync(id);
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task AssertSameAsync(JobCluster cluster, string id, string expected)
    {
        var job = await cluster.ShowAsync(id);
        Assert.Equal("succeeded", (string?)job!["state"]);
        Assert.Equal(expected, await cluster.HashAsync(id));

        // Messages of killed processes come back when their leases end, and find the job done.
        IReadOnlyList<string> left = [];
        await Poll.UntilAsync(async () => (left = await cluster.FindLeftAsync(id)).Count == 0);
        Assert.Empty(left);
        Assert.Equal(expected, await cluster.HashAsync(id));
    }
}
