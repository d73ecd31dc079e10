using System.Text.Json.Serialization;

namespace Scoring.Batch.Chunks;

[JsonSerializable(typeof(List<string>))]
internal sealed partial class ChunksJson : JsonSerializerContext;
