using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Scoring;

/// <summary>The least and the most of a time, as <c>00:00:01</c>. As <see cref="RangeAttribute"/>, which finds how to read its bounds by reflection.</summary>
/// <param name="least">The least that is allowed.</param>
/// <param name="most">The most that is allowed.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TimeRangeAttribute(string least, string most) : ValidationAttribute("The field {0} must be between {1} and {2}.")
{
    /// <summary>The least that is allowed.</summary>
    public TimeSpan Least { get; } = TimeSpan.Parse(least, CultureInfo.InvariantCulture);

    /// <summary>The most that is allowed.</summary>
    public TimeSpan Most { get; } = TimeSpan.Parse(most, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not TimeSpan time || (time >= Least && time <= Most);

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => string.Format(CultureInfo.InvariantCulture, ErrorMessageString, name, Least, Most);
}
