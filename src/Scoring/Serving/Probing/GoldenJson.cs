using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scoring.Serving.Probing;

/// <summary>Writes a golden instance back as it was read.</summary>
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class GoldenJson : JsonSerializerContext;
