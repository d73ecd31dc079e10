using Azure;
using Scoring.Batch.Chunks;
using Scoring.Batch.Jobs;
using Scoring.Batch.Messages;
using Scoring.Batch.Planning;

namespace Scoring.Batch.Storage;

/// <summary>A stored value and the version of its blob that it was read from.</summary>
internal sealed record Stored<T>(T Value, ETag ETag);
