using System.Text.Json.Serialization;
using ModelTool.Measuring;

namespace ModelTool.Tuning;

/// <summary>What one setting was measured to do.</summary>
/// <param name="Round">Of the halving, from 1; later ones measured for longer.</param>
/// <param name="Latency">Of a run of all its rows; null where it failed.</param>
/// <param name="Failed">Why it failed, which is a reason not to take it and no reason to stop.</param>
internal sealed record TuneMeasurement(TuneSetting Setting, int Round, Latency? Latency, string? Failed)
{
    /// <summary>Rows a second of the whole machine, as many runs at once as its processors have threads for.</summary>
    [JsonIgnore]
    public double Capacity => Latency is null ? 0 : Setting.Rows * 1e6 / Latency.P50Microseconds * Math.Max(1, Environment.ProcessorCount / Setting.Threads);

    /// <summary>The 99th percentile; infinite where it failed.</summary>
    [JsonIgnore]
    public double P99Microseconds => Latency?.P99Microseconds ?? double.PositiveInfinity;

    /// <summary>Orders by the promise first: what keeps it by capacity, what misses it by how far.</summary>
    public static IReadOnlyList<TuneMeasurement> Ranked(IEnumerable<TuneMeasurement> measurements, TimeSpan slo) =>
        [.. measurements
            .OrderByDescending(measurement => measurement.P99Microseconds <= slo.TotalMicroseconds)
            .ThenBy(measurement => measurement.P99Microseconds <= slo.TotalMicroseconds ? -measurement.Capacity : measurement.P99Microseconds)];
}
