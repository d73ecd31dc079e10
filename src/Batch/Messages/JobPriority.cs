using System.Text.Json.Serialization;

namespace Scoring.Batch.Messages;

/// <summary>Which of two queues a job's steps wait in.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobPriority>))]
public enum JobPriority
{
    /// <summary>Scans go first, and the chunks of a job that has few.</summary>
    [JsonStringEnumMemberName("normal")]
    Normal,

    /// <summary>Every step goes first.</summary>
    [JsonStringEnumMemberName("high")]
    High,

    /// <summary>No step goes first.</summary>
    [JsonStringEnumMemberName("low")]
    Low,
}
