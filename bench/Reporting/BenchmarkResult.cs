namespace Scoring.Bench.Reporting;

/// <summary>What <c>bench/results/NAME.json</c> holds.</summary>
/// <param name="Name">The benchmark's.</param>
/// <param name="Summary">What was measured, beside what.</param>
/// <param name="Command">What takes it again.</param>
/// <param name="Taken">When it was.</param>
/// <param name="Machine">Where.</param>
/// <param name="Figures">The lines of the table.</param>
internal sealed record BenchmarkResult(string Name, string Summary, string Command, DateTimeOffset Taken, Machine Machine, IReadOnlyList<Figure> Figures);
