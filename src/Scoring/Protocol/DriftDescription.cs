using System.Text.Json;
using Scoring.Telemetry;

namespace Scoring.Protocol;

/// <summary>Writes the answer to <c>GET /api/models/{model}/drift</c>.</summary>
public static class DriftDescription
{
    /// <summary>Writes it: each version whose package has a baseline, newest first, by what this one instance scored in the last day.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="live">The version that answers; null for none.</param>
    /// <param name="metrics">What this instance counted.</param>
    public static void Write(Utf8JsonWriter writer, string model, string? live, ScoringMetrics metrics)
    {
        writer.WriteStartObject();
        writer.WriteString("model", model);
        writer.WriteString("live", live);
        writer.WriteString("scope", "instance");
        writer.WriteStartArray("versions");
        foreach (var (version, series) in metrics.DriftOf(model))
        {
            Write(writer, version, series);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string version, DriftSeries series)
    {
        var (since, counts) = series.ToLastDay();
        var features = new List<(BinnedFeature Feature, long[] Counts, DriftFigure Figure)>();
        var first = 0;
        foreach (var feature in series.Features)
        {
            var own = counts[first..(first += feature.Bins.Count)];
            features.Add((feature, own, DriftFigure.Of(feature, own)));
        }

        writer.WriteStartObject();
        writer.WriteString("version", version);
        writer.WriteString("since", since);
        writer.WriteNumber("rows", features.Max(feature => feature.Figure.Rows));
        writer.WriteString("verdict", NameOf(features.Max(feature => feature.Figure.Verdict)));
        writer.WriteStartArray("features");
        foreach (var (feature, own, figure) in features)
        {
            Write(writer, feature, own, figure);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, BinnedFeature feature, long[] counts, DriftFigure figure)
    {
        writer.WriteStartObject();
        writer.WriteString("name", feature.Name);
        writer.WriteString("verdict", NameOf(figure.Verdict));
        writer.WriteNumber("rows", figure.Rows);
        if (figure.Psi is { } psi)
        {
            writer.WriteNumber("psi", Math.Round(psi, 4));
            writer.WriteNumber("chance", Math.Round(figure.Chance, 4));
        }

        writer.WriteStartArray("bins");
        for (var bin = 0; bin < counts.Length; bin++)
        {
            // A bin that is empty on both sides says nothing.
            if (counts[bin] > 0 || feature.Shares[bin] > 0)
            {
                writer.WriteStartObject();
                writer.WriteString("bin", feature.Bins[bin]);
                writer.WriteNumber("baseline", feature.Shares[bin]);
                writer.WriteNumber("share", figure.Rows == 0 ? 0 : Math.Round((double)counts[bin] / figure.Rows, 6));
                writer.WriteEndObject();
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string NameOf(DriftVerdict verdict) => verdict switch
    {
        DriftVerdict.TooFew => "tooFew",
        DriftVerdict.Stable => "stable",
        DriftVerdict.Moved => "moved",
        _ => "shifted",
    };
}
