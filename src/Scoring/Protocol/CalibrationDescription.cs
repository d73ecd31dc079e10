using System.Text.Json;
using Scoring.Calibration;
using Scoring.Outcomes.Reading;
using Scoring.Telemetry;

namespace Scoring.Protocol;

/// <summary>Writes the answer to <c>GET /api/models/{model}/calibration</c>.</summary>
public static class CalibrationDescription
{
    /// <summary>Writes it.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="found">What outcomes say.</param>
    /// <param name="live">The version that answers; null for none.</param>
    /// <param name="limit">The calibration error that it allows.</param>
    /// <param name="metrics">What this instance counted.</param>
    public static void Write(Utf8JsonWriter writer, ModelCalibration found, string? live, double limit, ScoringMetrics metrics)
    {
        writer.WriteStartObject();
        writer.WriteString("model", found.Model);
        writer.WriteString("live", live);
        writer.WriteString("since", found.Since);
        writer.WriteString("until", found.Until);
        writer.WriteString("readAt", found.ReadAt);
        writer.WriteNumber("limit", limit);
        writer.WriteStartArray("versions");
        foreach (var version in found.Versions)
        {
            Write(writer, found.Model, version, limit, metrics);
        }

        writer.WriteEndArray();
        writer.WriteStartObject("read");
        writer.WriteNumber("files", found.Files);
        writer.WriteNumber("share", found.Share);
        writer.WriteNumber("repeated", found.Repeated);
        writer.WriteNumber("late", found.Late);
        writer.WriteNumber("damaged", found.Damaged);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string model, VersionCalibration version, double limit, ScoringMetrics metrics)
    {
        writer.WriteStartObject();
        writer.WriteString("version", version.Version);
        writer.WriteString("content", version.Content);
        writer.WriteString("task", version.Task);
        writer.WriteNumber("outcomes", version.Count);
        writer.WriteStartObject("receipts");
        writer.WriteNumber("issued", version.Issued);
        writer.WriteOrNull("share", version.ShareTold);
        writer.WriteNumber("issuedHere", metrics.ReceiptsOf(model, version.Version));
        writer.WriteString("since", metrics.StartedAt);
        writer.WriteEndObject();
        if (version.Calibration is { } figures)
        {
            Write(writer, figures, limit);
        }

        if (version.Regression is { } regression)
        {
            writer.WriteNumber("weight", regression.Weight);
            writer.WriteNumber("meanError", regression.MeanError);
            writer.WriteNumber("meanAbsoluteError", regression.MeanAbsoluteError);
            writer.WriteNumber("rootMeanSquaredError", regression.RootMeanSquaredError);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, CalibrationFigures figures, double limit)
    {
        writer.WriteString("verdict", NameOf(figures.Judge(limit)));
        writer.WriteNumber("weight", figures.Weight);
        writer.WriteNumber("ece", figures.Ece);
        writer.WriteNumber("eceLow", figures.EceLow);
        writer.WriteNumber("eceHigh", figures.EceHigh);
        writer.WriteNumber("gap", figures.Gap);
        writer.WriteNumber("brier", figures.Brier);
        writer.WriteNumber("logLoss", figures.LogLoss);
        writer.WriteNumber("accuracy", figures.Accuracy);
        writer.WriteStartArray("bins");
        foreach (var bin in figures.Bins)
        {
            writer.WriteStartObject();
            writer.WriteNumber("count", bin.Count);
            writer.WriteNumber("confidence", bin.Confidence);
            writer.WriteNumber("frequency", bin.Frequency);
            writer.WriteNumber("frequencyLow", bin.FrequencyLow);
            writer.WriteNumber("frequencyHigh", bin.FrequencyHigh);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string NameOf(CalibrationVerdict verdict) => verdict switch
    {
        CalibrationVerdict.TooFew => "tooFew",
        CalibrationVerdict.WithinLimit => "withinLimit",
        CalibrationVerdict.Overconfident => "overconfident",
        _ => "underconfident",
    };
}
