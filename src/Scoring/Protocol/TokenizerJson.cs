using System.Text.Json.Serialization;
using Scoring.Configuration;
using Scoring.Features.Text;

namespace Scoring.Protocol;

/// <summary>How a tokenizer's configuration is written in a model's description: as in <c>model.json</c>, without what is not set.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenizerConfig))]
internal sealed partial class TokenizerJson : JsonSerializerContext;
