using System.Text.Json;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Tooling;

/// <summary><c>publish --golden-from</c>, and what the check says where there is nothing to compare.</summary>
public sealed class GoldenFromDataTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Publish_GoldenFromJsonLines_CasesAreMadeAndPass()
    {
        var package = Copy();

        var run = await ToolRun.Of("publish", package, "--name", "t", "--golden-from", Checkout.PathTo("samples", "intent", "sessions.jsonl"), "--repository", folder.PathTo("models"));

        Assert.Contains("10 golden cases made of sessions.jsonl", run.Errors, StringComparison.Ordinal);
        Assert.Contains("10 golden cases passed", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing was compared", run.Errors, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.PathTo("models", "t", "1", "golden.json")));
    }

    [Fact]
    public async Task Publish_GoldenFromCsv_CellsBecomeWhatARequestSends()
    {
        var package = OffsetModel.Write(folder.PathTo("package"), 1);
        File.Delete(Path.Combine(package, "golden.json"));
        File.WriteAllText(folder.PathTo("rows.csv"), "x,label\n1.5,yes\nno number,no\n1e6,yes\n");

        await ToolRun.Of("publish", package, "--name", "t", "--golden-from", folder.PathTo("rows.csv"), "--repository", folder.PathTo("models"));

        using var golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(package, "golden.json")));
        var cases = golden.RootElement.GetProperty("cases").EnumerateArray().ToList();
        Assert.Equal(["""{"x":1.5}""", """{"x":1000000}"""], cases.Select(one => JsonSerializer.Serialize(one.GetProperty("instance"))));
        Assert.Equal([2.5, 1_000_001.0], cases.Select(one => one.GetProperty("prediction").GetProperty("value").GetDouble()));
        Assert.Equal(100.0001, cases[1].GetProperty("tolerance").GetDouble(), precision: 3);
    }

    [Fact]
    public async Task Publish_RowsThatCannotBeUsed_OthersAreTakenAndTheFirstLineIsNamed()
    {
        // Takes from a table of two at x.
        var package = new GraphBuilder().Input("x", DataType.Float, "rows", 1).Floats("table", [2], 10, 20)
            .Node("Cast", ["x"], ["index"], GraphBuilder.Attribute("to", (long)DataType.Int64)).Node("Gather", ["table", "index"], ["y"])
            .Output("y", DataType.Float, "rows", 1).Save(folder.PathTo("package"));
        File.WriteAllText(Path.Combine(package, "model.json"), """{"task":"regression"}""");
        File.WriteAllText(folder.PathTo("rows.jsonl"), "\uFEFF" + """
            {"x":0}
            no JSON
            {"x":1,"x":1}
            {"x":1,"note":"\ud800"}
            {"x":7}
            {"x":1}
            """);

        var run = await ToolRun.Of("publish", package, "--name", "t", "--golden-from", folder.PathTo("rows.jsonl"), "--repository", folder.PathTo("models"), "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("2 golden cases made of rows.jsonl", run.Errors, StringComparison.Ordinal);
        Assert.Contains("Rows left out: 4. The first: ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("rows.jsonl, line 2 is not JSON", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_ThatFailsAfterTheCasesWereMade_LeavesNoneBehind()
    {
        var package = OffsetModel.Write(folder.PathTo("package"), 1);
        File.Delete(Path.Combine(package, "golden.json"));
        File.WriteAllText(folder.PathTo("rows.csv"), "x\n1.5\n");

        var run = await ToolRun.Of("publish", package, "--name", "no name", "--golden-from", folder.PathTo("rows.csv"), "--repository", folder.PathTo("models"));

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("1 golden cases made", run.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(package, "golden.json")));
    }

    [Fact]
    public async Task Publish_GoldenFileThereAlready_IsNotOverwritten()
    {
        var package = OffsetModel.Write(folder.PathTo("package"), 1);
        var before = File.ReadAllText(Path.Combine(package, "golden.json"));
        File.WriteAllText(folder.PathTo("rows.csv"), "x\n1.5\n");

        var run = await ToolRun.Of("publish", package, "--name", "t", "--golden-from", folder.PathTo("rows.csv"), "--repository", folder.PathTo("models"));

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("is there already", run.Errors, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(Path.Combine(package, "golden.json")));
    }

    [Fact]
    public async Task Check_NoGoldenCases_SaysThatNothingWasCompared()
    {
        var run = await ToolRun.Of("check", Copy(), "--json");

        using var answer = JsonDocument.Parse(run.Output);
        Assert.StartsWith("nothing was compared.", Assert.Single(answer.RootElement.GetProperty("warnings").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.Contains("Warning: nothing was compared.", run.Errors, StringComparison.Ordinal);
        Assert.Contains("--golden-from", run.Errors, StringComparison.Ordinal);
    }

    // The sample package without its golden cases.
    private string Copy()
    {
        var package = Directory.CreateDirectory(folder.PathTo("copy")).FullName;
        foreach (var file in Directory.GetFiles(IntentPackages.Original).Where(file => Path.GetFileName(file) != "golden.json"))
        {
            File.Copy(file, Path.Combine(package, Path.GetFileName(file)));
        }

        return package;
    }
}
