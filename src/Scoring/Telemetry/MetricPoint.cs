namespace Scoring.Telemetry;

/// <summary>One series over one interval, as Application Insights stores it.</summary>
/// <param name="Name">One of <see cref="MetricNames"/>.</param>
/// <param name="Count">Recorded values; for a counter, the increase.</param>
/// <param name="Sum">Seconds for a duration; for a counter, the increase; for a gauge, its value.</param>
/// <param name="Min">Seconds for a duration; 1 for a counter; for a gauge, its value.</param>
/// <param name="Max">As <paramref name="Min"/>.</param>
/// <param name="Dimensions">Names and values, as they are sent.</param>
public sealed record MetricPoint(
    string Name, long Count, double Sum, double Min, double Max, IReadOnlyList<KeyValuePair<string, string>> Dimensions)
{
    internal static MetricPoint Counter(string name, long increase, IReadOnlyList<KeyValuePair<string, string>> dimensions) =>
        new(name, increase, increase, 1, 1, dimensions);

    internal static MetricPoint Gauge(string name, double value, params KeyValuePair<string, string>[] dimensions) =>
        new(name, 1, value, value, value, dimensions);
}
