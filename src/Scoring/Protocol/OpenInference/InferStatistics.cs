using System.Text.Json;
using Scoring.Serving;
using Scoring.Telemetry;

namespace Scoring.Protocol.OpenInference;

/// <summary>Writes what versions have done, as Triton's statistics extension does. Whatever is not measured apart has a count of 0.</summary>
public static class InferStatistics
{
    private const long NanosecondsPerTick = 100;

    private static readonly string[] NotMeasured = ["queue", "compute_input", "compute_output", "cache_hit", "cache_miss"];

    /// <summary>The versions to tell of: all that are loaded or were asked, or the one that is named.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.VersionNotFound"/>: the model has no such version.</exception>
    public static IReadOnlyList<ModelStatistics> Of(ModelStatus model, string? version, IReadOnlyList<ModelStatistics> known)
    {
        if (version is not null && !model.Versions.Contains(version) && !model.Loaded.Contains(version))
        {
            throw new ScoringException(ErrorCode.VersionNotFound, $"'{model.Name}' has no version '{version}'.");
        }

        var own = known.Where(statistics => statistics.Model == model.Name && model.Versions.Concat(model.Loaded).Contains(statistics.Version)).ToDictionary(statistics => statistics.Version);
        IEnumerable<string> told = version is null ? model.Loaded.Union(own.Keys).Order(StringComparer.Ordinal) : [version];
        return [.. told.Select(each => own.GetValueOrDefault(each) ?? ModelStatistics.None(model.Name, each))];
    }

    /// <summary>Writes <c>{"model_stats":[…]}</c>.</summary>
    public static void Write(Utf8JsonWriter writer, IEnumerable<ModelStatistics> versions)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("model_stats");
        foreach (var version in versions)
        {
            Write(writer, version);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ModelStatistics version)
    {
        writer.WriteStartObject();
        writer.WriteString("name", version.Model);
        writer.WriteString("version", version.Version);
        writer.WriteNumber("last_inference", version.LastRun?.ToUnixTimeMilliseconds() ?? 0);
        writer.WriteNumber("inference_count", version.Rows);
        writer.WriteNumber("execution_count", version.Runs.Count);
        writer.WriteStartObject("inference_stats");
        Write(writer, "success", version.Succeeded);
        Write(writer, "fail", version.Failed);
        Write(writer, "compute_infer", version.Runs);
        foreach (var name in NotMeasured)
        {
            Write(writer, name, default);
        }

        writer.WriteEndObject();
        writer.WriteStartArray("batch_stats");
        writer.WriteEndArray();
        writer.WriteStartArray("memory_usage");
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, (long Count, TimeSpan Time) measured)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("count", measured.Count);
        writer.WriteNumber("ns", measured.Time.Ticks * NanosecondsPerTick);
        writer.WriteEndObject();
    }
}
