using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace EndToEnd.Tests.OpenInference;

/// <summary>Models that bring operators, through the running app: probed, loaded and asked over HTTP.</summary>
public sealed class CustomOperatorsTests : IDisposable
{
    private const string Extensions = "libortextensions.so";
    private const string Own = "libfoo.so";

    private readonly TemporaryFolder folder = new();

    public CustomOperatorsTests()
    {
        GraphBuilder.Echo(DataType.String, "rows").Save(folder.PathTo("models", "plain", "1"));
        Lower("lower");
        RuntimeFormat.Convert(Lower("compiled"));
        var own = Lower("own");
        File.WriteAllText(Path.Combine(own, "model.json"), $$"""{"customOperators":"{{Own}}"}""");

        // The extensions' own library under another name stands for one of the user's own.
        var directories = ((string)AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES")!).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        File.Copy(directories.Append(AppContext.BaseDirectory).Select(directory => Path.Combine(directory, Extensions)).First(File.Exists), Path.Combine(own, Own));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Score_OperatorsOfTheExtensions_AreLoadedWithTheFirstModelThatHasThem()
    {
        await using var app = await RunningApp.StartAsync(("Scoring__Repository", folder.PathTo("models")), ("Scoring__Probe", "Always"));

        Assert.Equal("ÀB", await ScoreAsync(app, "plain"));
        Assert.Contains("libonnxruntime.so", Mapped(app), StringComparison.Ordinal);
        Assert.DoesNotContain(Extensions, Mapped(app), StringComparison.Ordinal);

        Assert.Equal("àb", await ScoreAsync(app, "lower"));
        Assert.Equal("àb", await ScoreAsync(app, "compiled"));
        Assert.Equal("àb", await InferAsync(app, "lower"));
        Assert.Contains(Extensions, Mapped(app), StringComparison.Ordinal);

        using var refused = await app.PostAsync("api/score/own", """{"instances":["ÀB"]}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("only where the setting AllowCustomOperators is true", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(Own, Mapped(app), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_LibraryOfThePackage_IsLoadedWhereThatIsAllowed()
    {
        await using var app = await RunningApp.StartAsync(
            ("Scoring__Repository", folder.PathTo("models")), ("Scoring__Probe", "Always"), ("Scoring__AllowCustomOperators", "true"));

        Assert.Equal("àb", await ScoreAsync(app, "own"));
        Assert.Contains(Own, Mapped(app), StringComparison.Ordinal);
        Assert.DoesNotContain(Extensions, Mapped(app), StringComparison.Ordinal);
    }

    private string Lower(string name) => new GraphBuilder().Input("x", DataType.String, "rows").Extension("StringLower", ["x"], ["y"])
        .Output("y", DataType.String, "rows").Save(folder.PathTo("models", name, "1"));

    private static async Task<string?> ScoreAsync(RunningApp app, string model)
    {
        using var response = await app.PostAsync($"api/score/{model}", """{"instances":["ÀB"]}""");
        var answer = await response.Content.ReadFromJsonAsync<JsonNode>();
        return (string?)answer!["predictions"]?[0]?["outputs"]?["y"] ?? answer.ToJsonString();
    }

    private static async Task<string?> InferAsync(RunningApp app, string model)
    {
        using var response = await app.PostAsync($"v2/models/{model}/infer", """{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"parameters":{"content_type":"base64"},"data":["w4BC"]}]}""");
        var answer = await response.Content.ReadFromJsonAsync<JsonNode>();
        return (string?)answer!["outputs"]?[0]?["data"]?[0] ?? answer.ToJsonString();
    }

    private static string Mapped(RunningApp app) => File.ReadAllText($"/proc/{app.ProcessId}/maps");
}
