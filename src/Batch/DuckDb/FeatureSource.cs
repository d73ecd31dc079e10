using Scoring.Batch.Messages;
using Scoring.Batch.Sources;

namespace Scoring.Batch.DuckDb;

/// <summary>The features of a job as a blob of its own.</summary>
internal sealed record FeatureSource(InputBlob Blob, JobFormat Format, bool HasIndex);
