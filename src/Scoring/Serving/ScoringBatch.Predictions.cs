using System.Text.Json;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Inference.Buffers;
using Scoring.Inference.Elements;

namespace Scoring.Serving;

/// <content>Writing predictions.</content>
public sealed partial class ScoringBatch
{
    private static readonly JsonEncodedText LabelProperty = JsonEncodedText.Encode("label");
    private static readonly JsonEncodedText AbstainedProperty = JsonEncodedText.Encode("abstained");
    private static readonly JsonEncodedText LabelsProperty = JsonEncodedText.Encode("labels");
    private static readonly JsonEncodedText ProbabilityProperty = JsonEncodedText.Encode("probability");
    private static readonly JsonEncodedText ProbabilitiesProperty = JsonEncodedText.Encode("probabilities");
    private static readonly JsonEncodedText ValueProperty = JsonEncodedText.Encode("value");
    private static readonly JsonEncodedText TruncatedProperty = JsonEncodedText.Encode("truncated");
    private static readonly JsonEncodedText OutputsProperty = JsonEncodedText.Encode("outputs");

    /// <summary>Writes the prediction of an instance as a JSON object.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="row">Index of the instance among those added.</param>
    /// <param name="options">What is wanted of it.</param>
    /// <exception cref="ScoringException">
    /// <see cref="ErrorCode.InferenceFailed"/> when the model's scores do not fit its labels; <see cref="ErrorCode.InvalidValue"/> when an embedding has fewer numbers than are wanted.
    /// </exception>
    /// <returns>The prediction's confidence: its greatest probability, or NaN for a model that gives none.</returns>
    public double WritePrediction(Utf8JsonWriter writer, int row, in PredictionOptions options)
    {
        writer.WriteStartObject();
        var confidence = WritePredictionProperties(writer, row, options);
        writer.WriteEndObject();
        return confidence;
    }

    /// <summary>Writes the prediction of an instance as a JSON object.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="row">Index of the instance among those added.</param>
    /// <param name="topK">Most entries of <c>probabilities</c>, most probable first; null for all in the order of the labels.</param>
    /// <inheritdoc cref="WritePrediction(Utf8JsonWriter, int, in PredictionOptions)"/>
    public double WritePrediction(Utf8JsonWriter writer, int row, int? topK) => WritePrediction(writer, row, new PredictionOptions(topK));

    /// <summary>Writes the properties of the prediction into an object that the caller opened.</summary>
    /// <inheritdoc cref="WritePrediction(Utf8JsonWriter, int, in PredictionOptions)"/>
    public double WritePredictionProperties(Utf8JsonWriter writer, int row, in PredictionOptions options)
    {
        var confidence = WriteScores(writer, row, options);
        if (run.IsTruncated(row))
        {
            writer.WriteBoolean(TruncatedProperty, true);
        }

        if (options.Receipts is { } receipts)
        {
            WriteReceipt(writer, row, receipts, options);
        }

        return confidence;
    }

    /// <summary>The embedding of an instance, until the next one is read; only where the model's task is that.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/> when it has fewer numbers than are wanted.</exception>
    internal EmbeddingRow ReadEmbedding(int row, int? dimensions)
    {
        embedding!.Read(run.Outputs[0], row, dimensions);
        return embedding;
    }

    /// <summary>Whether the text of an instance was cut.</summary>
    internal bool IsTruncated(int row) => run.IsTruncated(row);

    private double WriteScores(Utf8JsonWriter writer, int row, in PredictionOptions options)
    {
        switch (model.Predictions.Task)
        {
            case ModelTask.Classification:
                WriteClassification(writer, row, options.TopK);
                return scores.Count == 0 ? double.NaN : scores[scores.Best];
            case ModelTask.Multilabel:
                WriteMultilabel(writer, row, options.TopK);
                return scores.Count == 0 ? double.NaN : scores[scores.Best];
            case ModelTask.Regression:
                writer.WritePropertyName(ValueProperty);
                WriteSingle(writer, run.Outputs[model.Predictions.ScoreOutput], row);
                return double.NaN;
            case ModelTask.Embedding:
                ReadEmbedding(row, options.Dimensions).Write(writer, options.Encoding);
                return double.NaN;
            default:
                WriteOutputs(writer, row);
                return double.NaN;
        }
    }

    private void WriteClassification(Utf8JsonWriter writer, int row, int? topK)
    {
        var plan = model.Predictions;
        scores.Read(run.Outputs[plan.ScoreOutput], row);
        writer.WritePropertyName(LabelProperty);
        var isAbstained = scores.Count > 0 && scores[scores.Best] < plan.MinProbability;
        if (isAbstained)
        {
            writer.WriteNullValue();
            writer.WriteBoolean(AbstainedProperty, true);
        }
        else if (plan.LabelOutput >= 0)
        {
            WriteSingle(writer, run.Outputs[plan.LabelOutput], row);
        }
        else
        {
            writer.WriteStringValue(scores.Label(scores.Best));
        }

        writer.WritePropertyName(ProbabilityProperty);
        FloatElement<float>.Write(writer, scores[scores.Best]);
        WriteProbabilities(writer, topK);
    }

    private void WriteMultilabel(Utf8JsonWriter writer, int row, int? topK)
    {
        var plan = model.Predictions;
        scores.Read(run.Outputs[plan.ScoreOutput], row);
        writer.WriteStartArray(LabelsProperty);
        for (var index = 0; index < scores.Count; index++)
        {
            if (IsDecided(index))
            {
                writer.WriteStringValue(scores.Label(index));
            }
        }

        writer.WriteEndArray();
        WriteProbabilities(writer, topK);
    }

    private bool IsDecided(int index) =>
        scores[index] >= (model.Predictions.Thresholds.Count > 0 ? model.Predictions.Thresholds[index] : (float)model.Config.DefaultThreshold);

    private void WriteProbabilities(Utf8JsonWriter writer, int? topK)
    {
        writer.WriteStartObject(ProbabilitiesProperty);
        if (topK is { } most)
        {
            foreach (var index in scores.Top(most))
            {
                writer.WritePropertyName(scores.Label(index));
                FloatElement<float>.Write(writer, scores[index]);
            }
        }
        else
        {
            for (var index = 0; index < scores.Count; index++)
            {
                writer.WritePropertyName(scores.Label(index));
                FloatElement<float>.Write(writer, scores[index]);
            }
        }

        writer.WriteEndObject();
    }

    private void WriteOutputs(Utf8JsonWriter writer, int row)
    {
        writer.WriteStartObject(OutputsProperty);
        for (var index = 0; index < run.Outputs.Length; index++)
        {
            writer.WritePropertyName(model.Predictions.OutputNames[index]);
            run.Outputs[index].WriteRow(writer, row);
        }

        writer.WriteEndObject();
    }

    // A row of one element, however it is wrapped, is a bare value.
    private static void WriteSingle(Utf8JsonWriter writer, OutputBuffer output, int row)
    {
        if (!output.TryWriteSingle(writer, row))
        {
            output.WriteRow(writer, row);
        }
    }
}
