using System.Text.Json.Serialization;

namespace Scoring.Batch.Sources;

/// <summary>How a text file is packed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Packing>))]
internal enum Packing
{
    None,

    Gzip,

    Zstd,
}
