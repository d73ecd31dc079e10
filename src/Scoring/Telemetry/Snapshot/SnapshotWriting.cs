using System.Text.Json;

namespace Scoring.Telemetry;

/// <summary>The parts that objects of a snapshot share.</summary>
internal static class SnapshotWriting
{
    public static void WriteCounts(this Utf8JsonWriter writer, string name, IReadOnlyDictionary<string, long> counts)
    {
        writer.WriteStartObject(name);
        foreach (var (key, count) in counts.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            writer.WriteNumber(key, count);
        }

        writer.WriteEndObject();
    }

    /// <summary>Count and seconds; seconds are null where nothing was recorded.</summary>
    public static void WriteDistribution(this Utf8JsonWriter writer, string name, DurationDistribution distribution)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("count", distribution.Count);
        if (distribution.Count > 0)
        {
            writer.WriteNumber("mean", distribution.Mean.TotalSeconds);
            writer.WriteNumber("p50", distribution.Percentile(0.50).TotalSeconds);
            writer.WriteNumber("p95", distribution.Percentile(0.95).TotalSeconds);
            writer.WriteNumber("p99", distribution.Percentile(0.99).TotalSeconds);
        }

        writer.WriteEndObject();
    }

    /// <summary>Totals of a counter by the value of one dimension, without zeros.</summary>
    public static Dictionary<string, long> CountBy(this ScoringMetrics metrics, string name, string dimension) =>
        metrics.AllSeries.OfType<CounterSeries>()
            .Where(series => series.Name == name && series.Total > 0)
            .GroupBy(series => series[dimension] ?? string.Empty, series => series.Total)
            .ToDictionary(totals => totals.Key, totals => totals.Sum());
}
