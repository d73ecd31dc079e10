using TestCommon;

namespace Scoring.Tests.Tooling;

public sealed class BenchTests
{
    [SharedDataFact("models/13-tribuo-tinybert-embedder")]
    public async Task Bench_ModelOfOthers_MeasuresEveryPoint()
    {
        var run = await ToolRun.Of("bench", Checkout.SharedPathTo("models/13-tribuo-tinybert-embedder/model.onnx"), "--rows", "1", "4", "--threads", "1", "2", "--seconds", "0.05", "--sequence", "16", "--json");

        Assert.Equal(0, run.ExitCode);
        var points = run.Json.GetProperty("points").EnumerateArray().ToList();
        Assert.Equal([(1, 1), (4, 1), (1, 2), (4, 2)], points.Select(point => (point.GetProperty("rows").GetInt32(), point.GetProperty("threads").GetInt32())));
        Assert.All(points, point => Assert.InRange(point.GetProperty("latency").GetProperty("p50Microseconds").GetDouble(), 1, point.GetProperty("latency").GetProperty("p99Microseconds").GetDouble()));
    }

    [Fact]
    public async Task Bench_NoRows_IsNotUnderstood()
    {
        var run = await ToolRun.Of("bench", Checkout.PathTo("samples", "intent", "package"), "--rows", "0");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("--rows takes whole numbers of at least 1", run.Errors + run.Output, StringComparison.Ordinal);
    }
}
