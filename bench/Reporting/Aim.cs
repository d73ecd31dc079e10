using System.Globalization;

namespace Scoring.Bench.Reporting;

/// <summary>What a figure is to reach.</summary>
/// <param name="Bound">The worst value that meets it.</param>
/// <param name="IsLeast">True where more is better.</param>
internal sealed record Aim(double Bound, bool IsLeast)
{
    public static Aim AtMost(double bound) => new(bound, false);

    public static Aim AtLeast(double bound) => new(bound, true);

    public bool IsMet(double value) => IsLeast ? value >= Bound : value <= Bound;

    /// <summary>Such as <c>≤ 1.3x</c>.</summary>
    public string Text(string unit) => string.Create(CultureInfo.InvariantCulture, $"{(IsLeast ? '≥' : '≤')} {Bound:0.##}{unit}");
}
