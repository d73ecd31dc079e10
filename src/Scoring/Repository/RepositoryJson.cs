using System.Text.Json.Serialization;

namespace Scoring.Repository;

/// <summary>The JSON of the repository and its cache, read and written without reflection: a cold start pays for none.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PackageManifest))]
[JsonSerializable(typeof(LivePointer))]
[JsonSerializable(typeof(CachedPointer))]
[JsonSerializable(typeof(CachedVersion))]
internal sealed partial class RepositoryJson : JsonSerializerContext;
