using System.Text.Json;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Features.Text;
using Scoring.Inference;
using Scoring.Serving;
using Scoring.Serving.Probing;

namespace Scoring.Protocol;

/// <summary>Writes what a model is: the JSON of <c>GET /api/models</c>.</summary>
public static class ModelDescription
{
    /// <summary>Writes a model's status and, where a version answers, its schema as one object.</summary>
    public static void Write(Utf8JsonWriter writer, ModelStatus status, LoadedModel? model)
    {
        writer.WriteStartObject();
        WriteStatus(writer, status);
        if (model is not null)
        {
            WriteConfig(writer, model);
            WriteExample(writer, model);
            writer.WriteStartObject("schema");
            WriteFeatures(writer, model.Config);
            WriteValues(writer, "inputs", model.Signature.Inputs);
            WriteValues(writer, "optionalInputs", model.Signature.Overridable);
            WriteValues(writer, "outputs", model.Signature.Outputs);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes the properties of a status into an object that the caller opened.</summary>
    public static void WriteStatus(Utf8JsonWriter writer, ModelStatus status)
    {
        writer.WriteString("name", status.Name);
        WriteOptional(writer, "version", status.Version);
        WriteOptional(writer, "sha256", status.Sha256);
        WriteOptional(writer, "source", Source(status));
        WriteOptional(writer, "signature", status.Signature);
        WriteOptional(writer, "loadedAt", status.LoadedAt);
        WriteOptional(writer, "liveVersion", status.LiveVersion);
        WriteOptional(writer, "liveSince", status.LiveSince);
        WriteOptional(writer, "checkedAt", status.CheckedAt);
        writer.WriteBoolean("stale", status.IsStale);
        WriteOptional(writer, "remark", status.Remark);
        WriteTexts(writer, "versions", status.Versions);
        WriteTexts(writer, "loaded", status.Loaded);
        if (status.Refused is { } refused)
        {
            writer.WriteStartObject("refused");
            WriteOptional(writer, "version", refused.Version);
            writer.WriteString("kind", JsonNamingPolicy.SnakeCaseLower.ConvertName(refused.Kind.ToString()));
            writer.WriteString("reason", refused.Reason);
            writer.WriteString("at", refused.At);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("refused");
        }

        WriteOptional(writer, "cage", status.Cage);
        RolloutDescription.Write(writer, status.Rollout);
        if (status.Process is { } process)
        {
            writer.WriteStartObject("process");
            writer.WriteBoolean("running", process.IsRunning);
            writer.WriteNumber("restarts", process.Restarts);
            writer.WriteNumber("memoryBytes", process.MemoryBytes);
            WriteOptional(writer, "cage", process.Cage);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("process");
        }
    }

    // Where a folder lies on this machine is no caller's business.
    private static string? Source(ModelStatus status) =>
        status.Source is { } source && !source.Contains("://", StringComparison.Ordinal) ? $"{status.Name}/{status.Version}" : status.Source;

    private static void WriteConfig(Utf8JsonWriter writer, LoadedModel model)
    {
        var config = model.Config;
        WriteOptional(writer, "description", config.Description);
        writer.WriteString("task", JsonNamingPolicy.CamelCase.ConvertName(model.Task.ToString()));
        WriteTexts(writer, "labels", config.Labels);
        writer.WriteNumber("sloMilliseconds", config.Slo.TotalMilliseconds);
        writer.WriteNumber("maxRows", config.MaxRows);
        WriteTexts(writer, "executionProviders", model.Providers.Names);
        if (model.Placement.Count > 0)
        {
            writer.WriteStartObject("operators");
            foreach (var group in model.Placement.GroupBy(node => node.Provider))
            {
                writer.WriteNumber(group.Key, group.Count());
            }

            writer.WriteEndObject();
        }

        if (config.Calibration is { } calibration)
        {
            writer.WriteStartObject("calibration");
            writer.WriteString("method", JsonNamingPolicy.CamelCase.ConvertName(calibration.Method.ToString()));
            if (calibration.Method == CalibrationMethod.Temperature)
            {
                writer.WriteNumber("temperature", calibration.Temperature);
            }

            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("calibration");
        }

        WriteOptional(writer, "minProbability", config.MinProbability);
        if (model.Predictions.Embedding is { } embedding)
        {
            EmbeddingDescription.Write(writer, embedding);
        }
    }

    // What the author promises an answer for is what a caller may begin with.
    private static void WriteExample(Utf8JsonWriter writer, LoadedModel model)
    {
        if (FirstGoldenCase(model) is { } golden)
        {
            writer.WritePropertyName("example");
            golden.Instance.WriteTo(writer);
        }
    }

    private static GoldenCase? FirstGoldenCase(LoadedModel model)
    {
        try
        {
            return GoldenFile.Read(model.Package.GoldenPath) is [var first, ..] ? first : null;
        }
        catch (Exception exception) when (exception is ScoringException or IOException)
        {
            // Garbled, or gone from the cache: the model answers all the same.
            return null;
        }
    }

    private static void WriteFeatures(Utf8JsonWriter writer, ModelConfig config)
    {
        writer.WriteString("unknownFeatures", config.IgnoresUnknownFeatures ? "ignore" : "refuse");
        writer.WriteStartArray("features");
        foreach (var feature in config.Features)
        {
            writer.WriteStartObject();
            writer.WriteString("name", feature.Name);
            WriteFeature(writer, feature);
            WriteOptional(writer, "input", feature.Input);
            WriteOptional(writer, "description", feature.Description);
            WriteOptional(writer, "unit", feature.Unit);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteFeature(Utf8JsonWriter writer, FeatureConfig feature)
    {
        switch (feature)
        {
            case NumberFeature number:
                writer.WriteString("type", "number");
                WriteOptional(writer, "min", number.Minimum);
                WriteOptional(writer, "max", number.Maximum);
                WriteOptional(writer, "default", number.Default);
                if (number.MissingIsNaN == true)
                {
                    writer.WriteString("missing", "nan");
                }

                break;
            case BooleanFeature boolean:
                writer.WriteString("type", "boolean");
                if (boolean.Default is { } fallback)
                {
                    writer.WriteBoolean("default", fallback);
                }

                break;
            case BytesFeature:
                writer.WriteString("type", "bytes");
                writer.WriteString("encoding", BytesFeature.Base64);
                break;
            case ImageFeature image:
                writer.WriteString("type", "image");
                writer.WriteString("resize", JsonNamingPolicy.CamelCase.ConvertName(image.Resize.ToString()));
                writer.WriteString("filter", image.IsBicubic ? "bicubic" : "bilinear");
                writer.WriteString("color", image.IsBgr ? "bgr" : "rgb");
                break;
            case CategoryFeature category:
                writer.WriteString("type", "category");
                WriteTexts(writer, "values", category.Values);
                WriteTexts(writer, "other", category.Other);
                writer.WriteStartObject("aliases");
                foreach (var (alias, target) in category.Aliases)
                {
                    writer.WriteString(alias, target);
                }

                writer.WriteEndObject();
                if (category.Default is not null)
                {
                    writer.WriteString("default", category.Default);
                }

                break;
            case TextFeature text:
                writer.WriteString("type", "text");
                WriteTokenizer(writer, text.Tokenizer);
                if (text.Windows is { } windows)
                {
                    writer.WriteStartObject("windows");
                    writer.WriteNumber("most", windows.MaxCount);
                    writer.WriteNumber("overlap", windows.Overlap);
                    writer.WriteString("pooling", windows.Pooling == WindowPooling.Max ? "max" : "mean");
                    writer.WriteEndObject();
                }

                if (text.Default is not null)
                {
                    writer.WriteString("default", text.Default);
                }

                break;
            default:
                break;
        }
    }

    private static void WriteTokenizer(Utf8JsonWriter writer, TokenizerConfig? tokenizer)
    {
        writer.WritePropertyName("tokenizer");
        JsonSerializer.Serialize(writer, tokenizer, TokenizerJson.Default.TokenizerConfig);
    }

    private static void WriteValues(Utf8JsonWriter writer, string name, IReadOnlyList<ValueSpec> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStartObject();
            writer.WriteString("name", value.Name);
            writer.WriteString("type", value.ToString());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static void WriteOptional(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is null)
        {
            writer.WriteNull(name);
        }
        else
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteOptional(Utf8JsonWriter writer, string name, DateTimeOffset? value)
    {
        if (value is { } time)
        {
            writer.WriteString(name, time);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    private static void WriteOptional(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }
}
