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
            FeatureDescription.Write(writer, model.Config);
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
        writer.WriteString("version", status.Version);
        writer.WriteString("sha256", status.Sha256);
        writer.WriteString("source", Source(status));
        writer.WriteString("signature", status.Signature);
        writer.WriteOrNull("loadedAt", status.LoadedAt);
        writer.WriteString("liveVersion", status.LiveVersion);
        writer.WriteOrNull("liveSince", status.LiveSince);
        writer.WriteOrNull("checkedAt", status.CheckedAt);
        writer.WriteBoolean("stale", status.IsStale);
        writer.WriteString("remark", status.Remark);
        writer.WriteTexts("versions", status.Versions);
        writer.WriteTexts("loaded", status.Loaded);
        if (status.Refused is { } refused)
        {
            writer.WriteStartObject("refused");
            writer.WriteString("version", refused.Version);
            writer.WriteString("kind", JsonNamingPolicy.SnakeCaseLower.ConvertName(refused.Kind.ToString()));
            writer.WriteString("reason", refused.Reason);
            writer.WriteString("at", refused.At);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("refused");
        }

        writer.WriteString("cage", status.Cage);
        RolloutDescription.Write(writer, status.Rollout);
        if (status.Process is { } process)
        {
            writer.WriteStartObject("process");
            writer.WriteBoolean("running", process.IsRunning);
            writer.WriteNumber("restarts", process.Restarts);
            writer.WriteNumber("memoryBytes", process.MemoryBytes);
            writer.WriteString("cage", process.Cage);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("process");
        }
    }

    // Which host and account hold the container, or where a folder lies on this machine, is no caller's business.
    private static string? Source(ModelStatus status) => status.Source switch
    {
        null => null,
        var source when source.Contains("://", StringComparison.Ordinal) => string.Join('/', source.Split('/')[^3..]),
        _ => $"{status.Name}/{status.Version}",
    };

    private static void WriteConfig(Utf8JsonWriter writer, LoadedModel model)
    {
        var config = model.Config;
        writer.WriteString("description", config.Description);
        writer.WriteString("task", JsonNamingPolicy.CamelCase.ConvertName(model.Task.ToString()));
        writer.WriteTexts("labels", config.Labels);
        writer.WriteNumber("sloMilliseconds", config.Slo.TotalMilliseconds);
        writer.WriteNumber("maxRows", config.MaxRows);
        writer.WriteTexts("executionProviders", model.Providers.Names);
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

        writer.WriteOptional("minProbability", config.MinProbability);
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
}
