using System.Text.Json.Serialization;
using Azure;
using Scoring.Batch.Sources;

namespace Scoring.Batch.Planning;

/// <summary>One input blob as the plan found it.</summary>
/// <param name="Path"><c>container/name</c>.</param>
/// <param name="ETag">The version that is read; another one fails the job.</param>
/// <param name="Bytes">Length of the blob.</param>
/// <param name="IsCsv">CSV; otherwise JSONL or Parquet.</param>
/// <param name="Packing">What is packed is unpacked into staged ranges while it is scanned.</param>
/// <param name="Header">Place of the names of its columns in <see cref="JobPlan.Headers"/>; negative where it has none, as JSONL.</param>
/// <param name="Start">Position of the first record behind the header.</param>
/// <param name="IsParquet">Positions in it count rows.</param>
/// <param name="Delimiter">Between the fields of CSV; an ASCII character.</param>
internal sealed record PlanSource(string Path, string ETag, long Bytes, bool IsCsv, Packing Packing, int Header, long Start, bool IsParquet = false, char Delimiter = ',')
{
    [JsonIgnore]
    public InputBlob Blob => new(Path, new ETag(ETag), Bytes);

    [JsonIgnore]
    public bool IsPacked => Packing != Packing.None;

    [JsonIgnore]
    public byte DelimiterByte => (byte)Delimiter;

    [JsonIgnore]
    public RecordFormat Format => IsCsv ? RecordFormat.Csv : RecordFormat.JsonLines;
}
