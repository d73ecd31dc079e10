using System.Text.Json;

namespace Scoring.Telemetry;

/// <summary>The parts of a snapshot that show jobs and caches.</summary>
internal static class SnapshotBatch
{
    public static void Write(Utf8JsonWriter writer, ScoringMetrics metrics)
    {
        writer.WriteStartObject("batch");
        writer.WriteCounts("jobs", metrics.CountBy(MetricNames.BatchJobs, MetricDimensions.State));
        writer.WriteNumber("rows", metrics.CountBy(MetricNames.BatchRows, MetricDimensions.Model).Values.Sum());
        writer.WriteNumber("poison", metrics.CountBy(MetricNames.BatchPoison, MetricDimensions.Queue).Values.Sum());
        writer.WriteDistribution("chunk", Durations(metrics, MetricNames.BatchChunkDuration));
        writer.WriteDistribution("queueAge", Durations(metrics, MetricNames.BatchQueueAge));
        writer.WriteEndObject();

        var hits = metrics.CountBy(MetricNames.CacheHits, MetricDimensions.Cache);
        var misses = metrics.CountBy(MetricNames.CacheMisses, MetricDimensions.Cache);
        writer.WriteStartObject("caches");
        foreach (var cache in hits.Keys.Union(misses.Keys).Order(StringComparer.Ordinal))
        {
            writer.WriteStartObject(cache);
            writer.WriteNumber("hits", hits.GetValueOrDefault(cache));
            writer.WriteNumber("misses", misses.GetValueOrDefault(cache));
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static DurationDistribution Durations(ScoringMetrics metrics, string name)
    {
        var sum = new DurationDistribution();
        foreach (var series in metrics.AllSeries.OfType<DurationSeries>().Where(series => series.Name == name))
        {
            series.AddTo(sum);
        }

        return sum;
    }
}
