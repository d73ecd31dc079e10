using Scoring.Bench.Reporting;

namespace Scoring.Bench;

/// <summary>One benchmark with what it is compared with, measured in one run. The runner finds it by reflection and makes it with no arguments.</summary>
internal interface IBenchmark
{
    /// <summary>What <c>./dev bench NAME</c> calls it, and the name of its file below <c>bench/results</c>: lower case, hyphens.</summary>
    string Name { get; }

    /// <summary>What is measured, beside what, in one line.</summary>
    string Summary { get; }

    /// <summary>Measures, prints the details to <paramref name="output"/> and gives the lines of the table.</summary>
    Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken);
}
