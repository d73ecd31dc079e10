using System.Text.Json;

namespace Scoring.Telemetry;

/// <summary>The part of a snapshot that shows each version.</summary>
internal static class SnapshotModels
{
    public static void Write(Utf8JsonWriter writer, ScoringMetrics metrics)
    {
        var refused = metrics.AllSeries.OfType<CounterSeries>().Where(series => series.Name == MetricNames.ModelRefused && series.Total > 0);
        writer.WriteStartArray("models");
        foreach (var model in metrics.AllModels.OrderBy(model => model.Model, StringComparer.Ordinal).ThenBy(model => model.Version, StringComparer.Ordinal))
        {
            var live = metrics.LiveVersions.TryGetValue(model.Model, out var version) && version == model.Version;
            var totals = new MetricTotals();
            foreach (var requests in model.Requests)
            {
                totals.Add(requests);
            }

            if (live || totals.Requests > 0 || model.Rows.Total > 0)
            {
                Write(writer, metrics, model, totals, live);
            }
        }

        writer.WriteEndArray();
        writer.WriteStartArray("refused");
        foreach (var series in refused)
        {
            writer.WriteStartObject();
            writer.WriteString("model", series[MetricDimensions.Model]);
            writer.WriteString("version", series[MetricDimensions.Version]);
            writer.WriteString("reason", series[MetricDimensions.Reason]);
            writer.WriteNumber("count", series.Total);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteCounts("unavailable", metrics.CountBy(MetricNames.ModelUnavailable, MetricDimensions.Model));
    }

    private static void Write(Utf8JsonWriter writer, ScoringMetrics metrics, ModelSeries model, MetricTotals totals, bool live)
    {
        var inference = new DurationDistribution();
        model.Inference.AddTo(inference);
        writer.WriteStartObject();
        writer.WriteString("model", model.Model);
        writer.WriteString("version", model.Version);
        writer.WriteBoolean("live", live);
        writer.WriteNumber("requests", totals.Requests);
        writer.WriteNumber("overSlo", totals.OverSlo);
        writer.WriteNumber("rows", model.Rows.Total);
        writer.WriteCounts("errors", totals.ErrorsByCode);
        writer.WriteDistribution("duration", totals.Latency);
        writer.WriteDistribution("inference", inference);
        WriteLoad(writer, metrics, model);
        WriteConfidence(writer, model.Confidence);
        writer.WriteEndObject();
    }

    // The mean of each step, since a version may be loaded more than once.
    private static void WriteLoad(Utf8JsonWriter writer, ScoringMetrics metrics, ModelSeries model)
    {
        writer.WriteStartObject("load");
        foreach (var series in metrics.AllSeries.OfType<DurationSeries>().Where(series =>
            series.Name == MetricNames.ModelLoadDuration && series[MetricDimensions.Model] == model.Model && series[MetricDimensions.Version] == model.Version))
        {
            var loads = new DurationDistribution();
            series.AddTo(loads);
            writer.WriteNumber(series[MetricDimensions.Phase]!, loads.Mean.TotalSeconds);
        }

        writer.WriteEndObject();
    }

    private static void WriteConfidence(Utf8JsonWriter writer, ConfidenceSeries confidence)
    {
        var counts = confidence.ToCounts();
        if (Array.TrueForAll(counts, count => count == 0))
        {
            writer.WriteNull("confidence");
            return;
        }

        writer.WriteStartObject("confidence");
        writer.WriteStartArray("bins");
        foreach (var count in counts)
        {
            writer.WriteNumberValue(count);
        }

        writer.WriteEndArray();
        if (confidence.Baseline is { } baseline)
        {
            writer.WriteStartArray("baseline");
            foreach (var share in baseline)
            {
                writer.WriteNumberValue(share);
            }

            writer.WriteEndArray();
            writer.WriteNumber("drift", confidence.DriftOf(counts)!.Value);
        }

        writer.WriteEndObject();
    }
}
