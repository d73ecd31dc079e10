using System.Text.Json.Serialization;

namespace Scoring.Serving.Probing;

/// <summary>The JSON of probes, verdicts and markers, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ProbeLine))]
[JsonSerializable(typeof(Verdict))]
internal sealed partial class ProbingJson : JsonSerializerContext;
