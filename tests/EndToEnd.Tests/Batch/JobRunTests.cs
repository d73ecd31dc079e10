using System.Diagnostics;
using System.Text.Json.Nodes;
using TestCommon;

namespace EndToEnd.Tests.Batch;

/// <summary><c>model job run</c>: from a file on disk to scores on disk, whatever is killed in between.</summary>
public sealed class JobRunTests : IAsyncLifetime, IDisposable
{
    private const int Rows = 30_000;

    private readonly TemporaryFolder folder = new();
    private JobCluster cluster = null!;

    public async Task InitializeAsync() => cluster = await JobCluster.StartAsync(("Scoring__Batch__ChunkRows", "1000"), ("Scoring__Batch__PlanStepBytes", "300000"));

    public Task DisposeAsync() => cluster.DisposeAsync().AsTask();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Run_ParquetFileWithAppAndToolKilledInBetween_WritesTheScoresOfEveryRow()
    {
        await ParquetInputs.WriteAsync(folder.PathTo("day.parquet"), Rows, rowGroup: 4096);
        using (var broken = Start("day.parquet", "--output", folder.PathTo("scores.jsonl")))
        {
            await cluster.GrowAsync(1);
            await Poll.UntilAsync(async () => (int?)(await FindJobAsync())?["chunks"] > 0);
            broken.Kill();
            await broken.WaitForExitAsync();
            await cluster.KillAsync(new Random(1));
        }

        var (code, output, error) = await RunAsync("day.parquet", "--output", folder.PathTo("scores.jsonl"));

        Assert.True(code == 0, error);
        Assert.Contains("30,000 rows scored by intent version 1, 30 of them bad", output, StringComparison.Ordinal);
        var lines = await File.ReadAllLinesAsync(folder.PathTo("scores.jsonl"));
        Assert.Equal(Enumerable.Range(0, Rows), lines.Select(line => (int)JsonNode.Parse(line)!["index"]!));
        Assert.Equal(["day.parquet", "scores.jsonl"], Directory.GetFileSystemEntries(folder.Root).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Run_SqlKeepAndParquetOutput_WritesAFolderOfParts()
    {
        await cluster.GrowAsync(1);
        await ParquetInputs.WriteAsync(folder.PathTo("day.parquet"), 2000, rowGroup: 4096);
        await File.WriteAllTextAsync(folder.PathTo("features.sql"), "SELECT \"index\" * 2 AS place, * FROM input WHERE \"index\" < 1500");

        var (code, output, error) = await RunAsync("day.parquet", "--output", folder.PathTo("scores.parquet"), "--keep", "place", "--features", folder.PathTo("features.sql"));

        Assert.True(code == 0, error);
        Assert.Contains("1,500 rows scored", output, StringComparison.Ordinal);
        Assert.DoesNotContain("ignored", error, StringComparison.Ordinal);
        Assert.Equal(["_manifest.json", "part-00000.parquet", "part-00001.parquet"], Directory.GetFiles(folder.PathTo("scores.parquet")).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("all", 1, new string[0], "Every row is bad")]
    [InlineData("some", 0, new string[0], "")]
    [InlineData("some", 1, new[] { "--max-failed", "10%" }, "than --max-failed allows")]
    public async Task Run_BadRows_ExitsBeyondWhatIsAllowed(string bad, int code, string[] options, string remark)
    {
        await cluster.GrowAsync(1);
        var good = (await File.ReadAllLinesAsync(Checkout.PathTo("samples", "intent", "sessions.jsonl"))).Take(bad == "all" ? 0 : 4);
        await File.WriteAllLinesAsync(folder.PathTo("rows.jsonl"), [.. good, "{}"]);

        var (exit, output, error) = await RunAsync("rows.jsonl", options);

        Assert.True(exit == code, error);
        Assert.Contains("rows scored by intent version 1", output, StringComparison.Ordinal);
        Assert.Contains(remark, error, StringComparison.Ordinal);
        Assert.DoesNotContain("0 of 0 MiB", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SemicolonsAndFailEarly_AreOptionsOfTheJob()
    {
        await cluster.GrowAsync(1);
        await File.WriteAllLinesAsync(folder.PathTo("rows.csv"), ["ProductRelated;ProductRelated_Duration;Month;VisitorType;Weekend", "5;310;Nov;New_Visitor;true", "5;310;Smarch;New_Visitor;true"]);

        var (exit, output, error) = await RunAsync("rows.csv", "--delimiter", ";");
        var (failed, _, reason) = await RunAsync("rows.csv", "--delimiter", ";", "--max-failed", "0", "--fail-early");

        Assert.True(exit == 0, error);
        Assert.Contains("2 rows scored by intent version 1, 1 of them bad", output, StringComparison.Ordinal);
        Assert.Equal(1, failed);
        Assert.Contains("more than its maxFailedRows of 0", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rows.txt", "ends in .jsonl")]
    [InlineData("nowhere.csv", "nowhere.csv")]
    public async Task Run_FileThatCannotBe_IsOneSentenceAndFailure(string name, string expected)
    {
        await File.WriteAllTextAsync(folder.PathTo("rows.txt"), "a");

        var (code, _, error) = await RunAsync(name);

        Assert.Equal(1, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private async Task<JsonNode?> FindJobAsync() =>
        await cluster.FindJobAsync() is { } id ? await cluster.ShowAsync(id) : null;

    private async Task<(int Code, string Out, string Error)> RunAsync(string file, params string[] more)
    {
        using var process = Start(file, more);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    private Process Start(string file, params string[] more)
    {
        var start = ModelToolProcess.StartInfo(["job", "run", folder.PathTo(file), "--model", "intent", .. more]);
        start.Environment["Storage"] = cluster.Storage.ConnectionString;
        return Process.Start(start)!;
    }
}
