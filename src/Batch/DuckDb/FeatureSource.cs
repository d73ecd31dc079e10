using Scoring.Batch.Sources;

namespace Scoring.Batch.DuckDb;

/// <summary>The features of a job as a Parquet blob of its own.</summary>
internal sealed record FeatureSource(InputBlob Blob, bool HasIndex);
