namespace Scoring.Bench;

/// <summary>One benchmark with what it is compared with, measured in one run. The runner finds it by reflection and makes it with no arguments.</summary>
internal interface IBenchmark
{
    /// <summary>What <c>./dev bench NAME</c> calls it: lower case, hyphens.</summary>
    string Name { get; }

    /// <summary>What is measured, beside what, in one line.</summary>
    string Summary { get; }

    /// <summary>Measures and prints the figures to <paramref name="output"/>.</summary>
    Task RunAsync(TextWriter output, CancellationToken cancellationToken);
}
