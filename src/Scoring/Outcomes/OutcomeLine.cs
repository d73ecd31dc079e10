using System.Text.Json;
using Scoring.Configuration;

namespace Scoring.Outcomes;

/// <summary>Writes an outcome as the line of JSON that it is stored as.</summary>
internal static class OutcomeLine
{
    /// <summary>Writes the line's object.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="claim">Checked.</param>
    /// <param name="receipt">Its receipt.</param>
    /// <param name="version">The receipt's version.</param>
    /// <param name="received">When it came.</param>
    public static void Write(Utf8JsonWriter writer, OutcomeClaim claim, Receipt receipt, OutcomeVersion version, DateTimeOffset received)
    {
        writer.WriteStartObject();
        writer.WriteString("nonce"u8, receipt.Nonce);
        writer.WriteString("model"u8, receipt.Model);
        writer.WriteNumber("version"u8, receipt.Version);
        writer.WriteString("content"u8, receipt.Content);
        writer.WriteString("issued"u8, receipt.Issued.UtcDateTime);
        writer.WriteString("received"u8, received.UtcDateTime);
        writer.WriteString("task"u8, NameOf(receipt.Task));
        WritePredicted(writer, receipt, version);
        WriteTruth(writer, claim, receipt, version);
        if (claim.Weight != 1)
        {
            writer.WriteNumber("weight"u8, claim.Weight);
        }

        if (receipt.Visitor is { } visitor)
        {
            writer.WriteNumber("visitor"u8, visitor);
        }

        writer.WriteEndObject();
    }

    /// <summary>A task's name in a line and in <c>model.json</c>.</summary>
    public static string NameOf(ModelTask task) => task switch
    {
        ModelTask.Classification => "classification",
        ModelTask.Multilabel => "multilabel",
        ModelTask.Regression => "regression",
        _ => throw new ArgumentOutOfRangeException(nameof(task), task, "A task without receipts."),
    };

    private static void WritePredicted(Utf8JsonWriter writer, Receipt receipt, OutcomeVersion version)
    {
        switch (receipt.Task)
        {
            case ModelTask.Regression:
                writer.WriteNumber("predicted"u8, receipt.Value);
                return;
            case ModelTask.Classification:
                writer.WriteString("predicted"u8, version.NameOf(receipt.Best));
                break;
            default:
                writer.WriteStartArray("predicted"u8);
                foreach (var index in receipt.Decided)
                {
                    writer.WriteStringValue(version.NameOf(index));
                }

                writer.WriteEndArray();
                break;
        }

        writer.WriteStartArray("probabilities"u8);
        foreach (var probability in receipt.Probabilities)
        {
            writer.WriteNumberValue(probability);
        }

        writer.WriteEndArray();
    }

    private static void WriteTruth(Utf8JsonWriter writer, OutcomeClaim claim, Receipt receipt, OutcomeVersion version)
    {
        if (claim.Value is { } value)
        {
            writer.WriteNumber("value"u8, value);
        }
        else if (claim.Label is { } label)
        {
            writer.WriteString("label"u8, label);
            writer.WriteNumber("index"u8, version.IndexOf(label, receipt.LabelCount));
        }
        else
        {
            writer.WriteStartArray("labels"u8);
            foreach (var each in claim.Labels!)
            {
                writer.WriteStringValue(each);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("index"u8);
            foreach (var each in claim.Labels)
            {
                writer.WriteNumberValue(version.IndexOf(each, receipt.LabelCount));
            }

            writer.WriteEndArray();
        }
    }
}
