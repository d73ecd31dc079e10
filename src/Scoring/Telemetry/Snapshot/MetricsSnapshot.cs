using System.Text.Json;

namespace Scoring.Telemetry;

/// <summary>Writes what this one instance has measured as JSON, times in seconds. Thread safe.</summary>
public sealed class MetricsSnapshot(ScoringMetrics metrics, MetricsHistory history, TimeProvider time)
{
    private const int LastMinuteSteps = 12;

    /// <summary>Writes one object; <c>GET /api/metrics</c> answers with it.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        var points = history.Points;
        writer.WriteStartObject();
        writer.WriteString("scope", "instance");
        writer.WriteString("instance", Environment.MachineName);
        writer.WriteNumber("processId", Environment.ProcessId);
        writer.WriteString("at", time.GetUtcNow());
        writer.WriteString("startedAt", metrics.StartedAt);
        writer.WriteNumber("uptime", (time.GetUtcNow() - metrics.StartedAt).TotalSeconds);
        WriteColdStart(writer);
        WriteRequests(writer);
        WriteLastMinute(writer, [.. points.TakeLast(LastMinuteSteps)]);
        SnapshotModels.Write(writer, metrics);
        SnapshotBatch.Write(writer, metrics);
        WriteProcess(writer);
        SnapshotHistory.Write(writer, points, metrics.Swaps);
        writer.WriteEndObject();
    }

    private void WriteColdStart(Utf8JsonWriter writer)
    {
        if (metrics.ColdStart is not { } coldStart)
        {
            writer.WriteNull("coldStart");
            return;
        }

        writer.WriteStartObject("coldStart");
        writer.WriteString("trigger", coldStart.Trigger);
        writer.WriteNumber("total", coldStart.Total.TotalSeconds);
        writer.WriteStartObject("phases");
        foreach (var (phase, duration) in coldStart.Phases)
        {
            writer.WriteNumber(phase, duration.TotalSeconds);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteRequests(Utf8JsonWriter writer)
    {
        var totals = MetricTotals.Of(metrics);
        writer.WriteStartObject("requests");
        writer.WriteNumber("total", totals.Requests);
        writer.WriteNumber("overSlo", totals.OverSlo);
        writer.WriteNumber("cold", totals.Cold);
        writer.WriteNumber("rows", totals.Rows);
        writer.WriteCounts("errors", totals.ErrorsByCode);
        writer.WriteCounts("rejected", metrics.CountBy(MetricNames.RequestsRejected, MetricDimensions.Reason));
        writer.WriteDistribution("duration", totals.Latency);
        writer.WriteDistribution("inference", totals.Inference);
        writer.WriteEndObject();
    }

    private static void WriteLastMinute(Utf8JsonWriter writer, HistoryPoint[] points)
    {
        var latency = new DurationDistribution();
        foreach (var point in points)
        {
            point.Latency.AddTo(latency);
        }

        var seconds = points.Length * MetricsHistory.Step.TotalSeconds;
        writer.WriteStartObject("lastMinute");
        writer.WriteNumber("seconds", seconds);
        writer.WriteNumber("requestsPerSecond", seconds > 0 ? latency.Count / seconds : 0);
        writer.WriteNumber("rowsPerSecond", seconds > 0 ? points.Sum(point => point.Rows) / seconds : 0);
        writer.WriteNumber("overSlo", points.Sum(point => point.OverSlo));
        writer.WriteCounts("errors", points.SelectMany(point => point.ErrorsByCode).GroupBy(code => code.Key, code => code.Value)
            .ToDictionary(codes => codes.Key, codes => codes.Sum()));
        writer.WriteDistribution("duration", latency);
        writer.WriteEndObject();
    }

    private void WriteProcess(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("process");
        writer.WriteNumber("workingSetBytes", Environment.WorkingSet);
        writer.WriteNumber("managedBytes", GC.GetTotalMemory(forceFullCollection: false));
        writer.WriteNumber("cpuSeconds", Environment.CpuUsage.TotalTime.TotalSeconds);
        writer.WriteNumber("processors", Environment.ProcessorCount);
        writer.WriteNumber("runsQueued", metrics.RunsQueued);
        writer.WriteEndObject();
    }
}
