using System.Globalization;

namespace Scoring.Bench.Reporting;

/// <summary>One line of the table: a value beside its limit, taken in one run.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Beside">What it was measured beside.</param>
/// <param name="Value">The ratio, or the distance in <paramref name="Unit"/>; a median.</param>
/// <param name="Unit"><c>x</c> for a ratio.</param>
/// <param name="Aim">What it is to reach; null where it is only told.</param>
internal sealed record Figure(string What, string Beside, double Value, string Unit, Aim? Aim)
{
    /// <summary>True where the app ran on the local host, not under Azure's.</summary>
    public bool OnLocalHost { get; init; }

    /// <summary>The medians behind the value, with their units in their names.</summary>
    public IReadOnlyDictionary<string, double> Medians { get; init; } = new Dictionary<string, double>();

    /// <summary>Whether the aim is met; null without one.</summary>
    public bool? IsMet => Aim?.IsMet(Value);

    public static string Number(double value) =>
        value.ToString(Math.Abs(value) >= 100 ? "#,##0" : Math.Abs(value) >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}
