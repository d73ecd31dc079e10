using System.Text.Json.Nodes;
using Scoring.Onnx;
using Scoring.Tests.Batch.DuckDb;
using Scoring.Tests.Features;
using TestCommon;

namespace Scoring.Tests.Batch;

/// <summary>Rows of a model that takes vectors of three numbers, and answers with them.</summary>
[Collection(SharedAzurite.Name)]
public sealed class VectorJobTests(Azurite azurite) : IAsyncLifetime
{
    private readonly string id = $"job-{Guid.NewGuid():N}";
    private BatchHost host = null!;

    public async Task InitializeAsync()
    {
        host = await BatchHost.StartAsync(azurite);
        using var model = new TextModel("{}", TensorProto.Types.DataType.Float, width: 3);
        var package = Directory.CreateDirectory(Path.Combine(host.ModelRepository, "echo", "1")).FullName;
        File.Copy(Path.Combine(model.Folder, "model.onnx"), Path.Combine(package, "model.onnx"));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Drain_VectorInACsvCell_IsTaken()
    {
        string[] cells = ["\"[1,2.5,3]\"", "\"[[4, 5, 6]]\"", "\"[1,2]\"", "\"[1,\"\"x\"\",3]\"", "\"[1,2,3\"", "7", "[1]"];
        await host.UploadAsync($"{id}.csv", "user,tokens\n" + string.Concat(cells.Select((cell, i) => $"{i},{cell}\n")));

        var lines = await RunAsync("csv");

        Assert.Equal("[1,2.5,3]", lines[0]["outputs"]!["tokens_out"]!.ToJsonString());
        Assert.Equal("[4,5,6]", lines[1]["outputs"]!["tokens_out"]!.ToJsonString());
        Assert.Equal(
            ["shape_mismatch", "invalid_value", "invalid_value", "shape_mismatch", "shape_mismatch"],
            lines[2..].Select(line => (string?)line["error"]!["code"]));
        Assert.Contains("/tokens: found 2 elements along axis 1; expected 3", (string?)lines[2]["error"]!["detail"], StringComparison.Ordinal);
        Assert.Contains("/tokens/1: found the text \"x\"", (string?)lines[3]["error"]!["detail"], StringComparison.Ordinal);
        Assert.Contains("which is no JSON", (string?)lines[4]["error"]!["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_ListOfParquet_IsTaken()
    {
        await host.UploadAsync($"{id}.parquet", DuckDbFiles.Write(
            "SELECT * FROM (VALUES (0, [1, 2.5, 3]::FLOAT[], 'NaN'::DOUBLE), (1, [4, 5, 'NaN'::FLOAT], 0), (2, [1, 2], 0), (3, NULL, 0), (4, [1, NULL, 3], 0)) t(place, tokens, other)", "FORMAT parquet"));

        var lines = await RunAsync("parquet");

        Assert.Equal("[1,2.5,3]", lines[0]["outputs"]!["tokens_out"]!.ToJsonString());
        Assert.Equal(
            ["invalid_value", "shape_mismatch", "missing_feature", "invalid_value"],
            lines[1..].Select(line => (string?)line["error"]!["code"]));
        Assert.Contains("/tokens/2: found the text \"NaN\"", (string?)lines[1]["error"]!["detail"], StringComparison.Ordinal);
    }

    private async Task<List<JsonNode>> RunAsync(string format)
    {
        var pump = new QueuePump(azurite);
        await pump.SendAsync($$"""{"id":"{{id}}","model":"echo","input":{"blob":"inputs/{{id}}.{{format}}"} }""");
        await pump.DrainAsync(() => Task.FromResult(host.Functions));
        Assert.Null((await host.Service.ShowAsync(id, default)).Error);
        return [.. (await host.ReadOutputAsync($"{id}.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }
}
