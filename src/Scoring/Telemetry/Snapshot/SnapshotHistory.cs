using System.Text.Json;

namespace Scoring.Telemetry;

/// <summary>The part of a snapshot that shows the last quarter of an hour.</summary>
internal static class SnapshotHistory
{
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<HistoryPoint> points, IEnumerable<ModelSwap> swaps)
    {
        writer.WriteStartObject("history");
        writer.WriteNumber("step", MetricsHistory.Step.TotalSeconds);
        writer.WriteStartArray("points");
        foreach (var point in points)
        {
            Write(writer, point);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("swaps");
        foreach (var swap in swaps)
        {
            writer.WriteStartObject();
            writer.WriteString("at", swap.At);
            writer.WriteString("model", swap.Model);
            writer.WriteString("from", swap.FromVersion);
            writer.WriteString("to", swap.ToVersion);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, HistoryPoint point)
    {
        writer.WriteStartObject();
        writer.WriteString("at", point.At);
        writer.WriteDistribution("duration", point.Latency);
        writer.WriteCounts("errors", point.ErrorsByCode);
        writer.WriteNumber("overSlo", point.OverSlo);
        writer.WriteNumber("cold", point.Cold);
        writer.WriteNumber("rows", point.Rows);
        writer.WriteDistribution("queueAge", point.QueueAge);
        writer.WriteNumber("runsQueued", point.RunsQueued);
        writer.WriteNumber("memoryBytes", point.MemoryBytes);
        writer.WriteEndObject();
    }
}
