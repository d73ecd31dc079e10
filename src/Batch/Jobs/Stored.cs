using Azure;

namespace Scoring.Batch.Jobs;

/// <summary>A stored value and the version of its blob that it was read from.</summary>
internal sealed record Stored<T>(T Value, ETag ETag);
