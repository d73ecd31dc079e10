using System.Text.Json;
using TestCommon;

namespace Scoring.Tests.Tooling;

public sealed class ScoreTests
{
    // What its authors say, in float64.
    private const double Tolerance = 1e-9;

    [Fact]
    public async Task Score_RequestOnStandardInput_AnswersAsTheEndpoint()
    {
        var request = await File.ReadAllTextAsync(Checkout.PathTo("samples", "intent", "request.json"));

        var run = await ToolRun.WithInput(request, "score", Checkout.PathTo("samples", "intent", "package"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["purchase", "browse"], run.Json.GetProperty("predictions").EnumerateArray().Select(prediction => prediction.GetProperty("label").GetString()!));
    }

    [SharedDataFact("models/15-tree-regressor-float64")]
    public async Task Score_ModelOfOthers_GivesWhatItsCasesSay()
    {
        var folder = Checkout.SharedPathTo("models/15-tree-regressor-float64");
        using var cases = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "cases.json")));
        var first = cases.RootElement.GetProperty("cases")[0];
        var input = first.GetProperty("inputs").EnumerateObject().Single();
        var width = input.Value.GetProperty("shape")[1].GetInt32();
        var data = input.Value.GetProperty("data").EnumerateArray().Select(value => value.GetDouble()).Take(width);
        var request = JsonSerializer.Serialize(new { instances = new[] { new Dictionary<string, object> { [input.Name] = data } } });

        var run = await ToolRun.WithInput(request, "score", Path.Combine(folder, "model.onnx"));

        Assert.Equal((0, run.Errors), (run.ExitCode, run.Errors));
        var expected = Numbers(first.GetProperty("expected_upstream").EnumerateObject().First().Value.GetProperty("data")).First();
        Assert.Equal(expected, Numbers(run.Json.GetProperty("predictions")[0]).First(), Tolerance * Math.Max(1, Math.Abs(expected)));
    }

    [Fact]
    public async Task Score_WrongRequest_SaysWhatIsWrongAndFails()
    {
        var run = await ToolRun.WithInput("{}", "score", Checkout.PathTo("samples", "intent", "package"));

        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Contains("expected an array of instances", run.Errors, StringComparison.Ordinal);
    }

    private static IEnumerable<double> Numbers(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => [value.GetDouble()],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Numbers),
        JsonValueKind.Object => value.EnumerateObject().SelectMany(property => Numbers(property.Value)),
        _ => [],
    };
}
