namespace ModelTool.Measuring;

/// <summary>What a benchmark showed.</summary>
/// <param name="SloMilliseconds">What model.json promises; 50 where it says nothing.</param>
/// <param name="Instances">What was run.</param>
internal sealed record BenchFound(IReadOnlyList<BenchPoint> Points, double SloMilliseconds, string Instances, string OnnxRuntime, int Processors);
