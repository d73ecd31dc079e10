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
        var unpacked = new DurationDistribution();
        foreach (var point in points)
        {
            Write(writer, point, unpacked);
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

    private static void Write(Utf8JsonWriter writer, HistoryPoint point, DurationDistribution unpacked)
    {
        writer.WriteStartObject();
        writer.WriteString("at", point.At);
        writer.WriteDistribution("duration", Unpack(point.Latency, unpacked));
        writer.WriteCounts("errors", point.ErrorsByCode);
        writer.WriteNumber("overSlo", point.OverSlo);
        writer.WriteNumber("cold", point.Cold);
        writer.WriteNumber("rows", point.Rows);
        writer.WriteDistribution("queueAge", Unpack(point.QueueAge, unpacked));
        writer.WriteNumber("runsQueued", point.RunsQueued);
        writer.WriteNumber("memoryBytes", point.MemoryBytes);
        writer.WriteEndObject();
    }

    private static DurationDistribution Unpack(PackedDurations packed, DurationDistribution into)
    {
        into.Clear();
        packed.AddTo(into);
        return into;
    }
}
