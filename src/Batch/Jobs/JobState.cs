using System.Text.Json.Serialization;

namespace Scoring.Batch.Jobs;

/// <summary>Where a job stands. The last three are final, but for the retry of a failed job.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobState>))]
public enum JobState
{
    [JsonStringEnumMemberName("queued")]
    Queued,

    [JsonStringEnumMemberName("planning")]
    Planning,

    /// <summary>A try failed by what another one can mend, such as storage away; the error tells.</summary>
    [JsonStringEnumMemberName("retrying")]
    Retrying,

    [JsonStringEnumMemberName("running")]
    Running,

    [JsonStringEnumMemberName("succeeded")]
    Succeeded,

    [JsonStringEnumMemberName("failed")]
    Failed,

    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}
