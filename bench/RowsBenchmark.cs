using System.Globalization;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;

namespace Scoring.Bench;

/// <summary>What a row costs as requests grow, drawn as <c>bench/results/rows.svg</c>.</summary>
internal sealed class RowsBenchmark : IBenchmark
{
    private static readonly int[] RowCounts = [1, 8, 64, 512, 1024];

    // Reading JSON costs a row what it costs, however many come: where the curve lies flat, medians differ by this much.
    private const double Noise = 0.02;

    public string Name => "rows";

    public string Summary => "cost per row of requests of 1, 8, 64, 512 and 1,024 rows, raw, engine and JSON to JSON (the sample model)";

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        using var sample = new SampleModel();
        var points = RowCounts.Select(sample.Rows).ToArray();
        var times = points.Select(point => point.Measure(rounds: 61, calls: Math.Max(10, 5_000 / point.Rows), cancellationToken)).ToArray();
        var curves = new (string Name, double[] Nanoseconds)[]
        {
            ("raw run", [.. times.Select((time, index) => time.Raw / RowCounts[index])]),
            ("engine run", [.. times.Select((time, index) => time.Engine / RowCounts[index])]),
            ("JSON to JSON", [.. times.Select((time, index) => time.Json / RowCounts[index])]),
        };
        output.WriteLine("ns per row      " + string.Concat(RowCounts.Select(rows => string.Create(CultureInfo.InvariantCulture, $"{rows,10:N0}"))));
        foreach (var (name, nanoseconds) in curves)
        {
            output.WriteLine($"{name,-16}" + string.Concat(nanoseconds.Select(time => string.Create(CultureInfo.InvariantCulture, $"{time,10:F1}"))));
        }

        foreach (var point in points)
        {
            point.Dispose();
        }

        Directory.CreateDirectory(ResultStore.Folder);
        await File.WriteAllTextAsync(Path.Combine(ResultStore.Folder, "rows.svg"), RowsCurve.Draw(RowCounts, curves), cancellationToken);
        return [.. curves.Select(curve => new Figure(
            $"cost per row, {curve.Name}: 1 to 1,024 rows a request, dearest step", "the step before ([curve](bench/results/rows.svg))", Dearest(curve.Nanoseconds), "x", Aim.AtMost(1 + Noise))
            {
                Medians = RowCounts.Zip(curve.Nanoseconds).ToDictionary(pair => $"nanosecondsPerRowOf{pair.First}", pair => pair.Second),
            })];
    }

    private static double Dearest(double[] nanoseconds) => nanoseconds.Zip(nanoseconds.Skip(1), (before, after) => after / before).Max();
}
