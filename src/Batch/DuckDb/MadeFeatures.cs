using Scoring.Batch.Messages;

namespace Scoring.Batch.DuckDb;

/// <summary>A file of features.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Format">CSV or JSONL.</param>
/// <param name="HasIndex">Its first column is the place of each row in the input.</param>
internal sealed record MadeFeatures(string Path, JobFormat Format, bool HasIndex);
