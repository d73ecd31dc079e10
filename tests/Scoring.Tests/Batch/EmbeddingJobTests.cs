using System.Text.Json.Nodes;
using Scoring.Tests.Batch.DuckDb;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Batch;

/// <summary>Texts through jobs: their embeddings as JSON lines, and as a column of lists that a vector database loads; and classifications that abstain.</summary>
[Collection(SharedAzurite.Name)]
public sealed class EmbeddingJobTests(Azurite azurite) : IAsyncLifetime
{
    private readonly string id = $"embedding-{Guid.NewGuid():N}";
    private BatchHost host = null!;

    public async Task InitializeAsync()
    {
        host = await BatchHost.StartAsync(azurite);
        TinyEncoder.Save(Path.Combine(host.ModelRepository, "minilm", "1"));
        var doubting = Path.Combine(host.ModelRepository, "doubting", "1");
        GraphBuilder.Echo(DataType.Float, "rows", 2).Save(doubting);
        File.WriteAllText(Path.Combine(doubting, "model.json"), """{"task":"classification","labels":["a","b"],"outputs":{"probabilities":"y"},"minProbability":0.75}""");
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Drain_Texts_AreEmbeddedLineByLine()
    {
        await RunAsync("minilm", "", """{"text":"man food"}""", """{"text":"rain rain rain rain rain rain rain rain snow"}""", """{"text":7}""");

        var lines = (await host.ReadOutputAsync($"{id}.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("""{"index":0,"embedding":[0.5,0.5,0]}""", lines[0]);
        Assert.Equal("""{"index":1,"embedding":[0,0,1],"truncated":true}""", lines[1]);
        Assert.Equal("invalid_value", (string?)JsonNode.Parse(lines[2])!["error"]!["code"]);
    }

    [Fact]
    public async Task Drain_ParquetOutput_HasAColumnOfListsOfFloats()
    {
        await RunAsync("minilm", "\"output\":\"parquet\",\"keep\":[\"id\"],", """{"id":"x","text":"man food"}""", """{"id":"y","text":"rain rain rain rain rain rain rain rain snow"}""", """{"id":"z","text":7}""");

        Assert.Equal(
            [
                ["FLOAT[]", "0.5", "0.5", "3", "x", null, null],
                ["FLOAT[]", "0.0", "0.0", "3", "y", "true", null],
                ["FLOAT[]", null, null, null, "z", null, "invalid_value"],
            ],
            await ReadPartAsync("typeof(embedding), embedding[1], embedding[2], len(embedding), keep->>'id', truncated, error.code"));
    }

    [Fact]
    public async Task Drain_ProbabilityBelowTheLeast_NamesNoLabel()
    {
        await RunAsync("doubting", "\"output\":\"parquet\",", "[0.25,0.75]", "[0.5,0.5]");

        Assert.Equal([["b", null, "0.75"], [null, "true", "0.5"]], await ReadPartAsync("label, abstained, probability"));
    }

    private async Task RunAsync(string model, string more, params string[] lines)
    {
        await host.UploadAsync($"{id}.jsonl", string.Join('\n', lines));
        var pump = new QueuePump(azurite);
        await pump.SendAsync($$"""{"id":"{{id}}","model":"{{model}}",{{more}}"input":{"blob":"inputs/{{id}}.jsonl"} }""");
        await pump.DrainAsync(() => Task.FromResult(host.Functions));
        Assert.Null((await host.Service.ShowAsync(id, default)).Error);
    }

    private async Task<IReadOnlyList<string?[]>> ReadPartAsync(string columns)
    {
        using var folder = new TemporaryFolder();
        await host.Scores.GetBlobClient($"{id}.parquet/part-00000.parquet").DownloadToAsync(folder.PathTo("part.parquet"));
        using var connection = DuckDbFiles.Open();
        return connection.Query($"SELECT {columns} FROM read_parquet('{folder.PathTo("part.parquet")}') ORDER BY index");
    }
}
