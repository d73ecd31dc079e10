using System.Text.Json.Serialization;

namespace Scoring.Batch.Messages;

/// <summary>The format of a job's input or output.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobFormat>))]
public enum JobFormat
{
    [JsonStringEnumMemberName("jsonl")]
    JsonLines,

    [JsonStringEnumMemberName("csv")]
    Csv,

    [JsonStringEnumMemberName("parquet")]
    Parquet,
}
