using System.Text.Json.Nodes;
using Scoring.Batch.Jobs;
using Scoring.Tests.Batch.DuckDb;
using TestCommon;

namespace Scoring.Tests.Batch;

/// <summary>Images through a queue job: base64 in CSV, JSON lines and Parquet, and the files themselves in a column of bytes.</summary>
[Collection(SharedAzurite.Name)]
public sealed class ImageJobTests(Azurite azurite) : IAsyncLifetime
{
    private static readonly string Csv = Checkout.PathTo("samples", "shapes", "pictures.csv");

    private readonly string id = $"images-{Guid.NewGuid():N}";
    private BatchHost host = null!;

    public async Task InitializeAsync()
    {
        host = await BatchHost.StartAsync(azurite);
        var package = Directory.CreateDirectory(Path.Combine(host.ModelRepository, "shapes", "1")).FullName;
        foreach (var file in Directory.GetFiles(Checkout.PathTo("samples", "shapes", "package")))
        {
            File.Copy(file, Path.Combine(package, Path.GetFileName(file)));
        }
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Drain_PicturesInEveryFormat_AreNamedTheSame()
    {
        var drawn = File.ReadLines(Csv).Skip(1).Select(line => line.Split(',')).ToList();
        await host.UploadAsync($"{id}.csv", File.ReadAllBytes(Csv));
        await host.UploadAsync($"{id}.jsonl", string.Join('\n', drawn.Select(row => $$"""{"picture":"data:image/png;base64,{{row[1]}}"}""")));
        await host.UploadAsync($"{id}.parquet", DuckDbFiles.Write($"SELECT drawn, picture FROM read_csv('{Csv}')", "FORMAT parquet"));
        await host.UploadAsync($"{id}-bytes.parquet", DuckDbFiles.Write($"SELECT from_base64(picture) AS picture FROM read_csv('{Csv}')", "FORMAT parquet"));

        var labels = new List<string[]>();
        foreach (var name in new[] { $"{id}.csv", $"{id}.jsonl", $"{id}.parquet", $"{id}-bytes.parquet" })
        {
            labels.Add(await LabelsAsync(name));
        }

        Assert.Equal(30, labels[0].Length);
        Assert.All(labels, other => Assert.Equal(labels[0], other));
        Assert.True(drawn.Where((row, index) => row[0] == labels[0][index]).Count() >= 28);
    }

    [Fact]
    public async Task Drain_RowThatIsNoImage_HasTheErrorInItsPlace()
    {
        await host.UploadAsync($"{id}.csv", "picture\nAAAA\n" + File.ReadLines(Csv).Skip(1).First().Split(',')[1]);

        var lines = await LinesAsync($"{id}.csv");

        Assert.Contains("found bytes that are no image", (string?)lines[0]["error"]!["detail"], StringComparison.Ordinal);
        Assert.Null(lines[^1]["error"]);
    }

    private async Task<string[]> LabelsAsync(string name) => [.. (await LinesAsync(name)).Select(line => (string?)line["label"] ?? line.ToJsonString())];

    private async Task<JsonNode[]> LinesAsync(string name)
    {
        var job = name.Replace('.', '-');
        var pump = new QueuePump(azurite);
        await pump.SendAsync($$$"""{"id":"{{{job}}}","model":"shapes","input":{"blob":"inputs/{{{name}}}"}}""");
        await pump.DrainAsync(() => Task.FromResult(host.Functions));
        var shown = await host.Service.ShowAsync(job, default);
        Assert.True(shown.State == JobState.Succeeded, shown.Error?.Detail);
        return [.. (await host.ReadOutputAsync($"{job}.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }
}
