using System.Text.Json.Serialization;

namespace Scoring.Batch.Jobs;

/// <summary>What a step of a planned job does.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StepKind>))]
internal enum StepKind
{
    [JsonStringEnumMemberName("features")]
    Features,

    [JsonStringEnumMemberName("plan")]
    Plan,

    [JsonStringEnumMemberName("chunk")]
    Chunk,
}
