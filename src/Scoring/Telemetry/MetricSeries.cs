using System.Globalization;

namespace Scoring.Telemetry;

/// <summary>One metric under one set of dimension values. Recording is thread safe and allocates nothing.</summary>
public abstract class MetricSeries
{
    private protected readonly KeyValuePair<string, object?>[] Tags;

    private protected MetricSeries(string name, KeyValuePair<string, object?>[] tags)
    {
        Name = name;
        Tags = tags;
    }

    /// <summary>One of <see cref="MetricNames"/>.</summary>
    public string Name { get; }

    /// <summary>Names and values of its dimensions.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Dimensions => Tags;

    /// <summary>The value of a dimension as it is sent, or null when the series lacks it.</summary>
    public string? this[string dimension] =>
        Array.Find(Tags, tag => tag.Key == dimension) is { Value: { } value } ? Text(value) : null;

    /// <summary>A dimension's value as text: <c>true</c> and <c>false</c> in lower case.</summary>
    internal static string Text(object? value) => value switch
    {
        null => string.Empty,
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty,
    };
}
