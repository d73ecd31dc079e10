using Azure;

namespace Scoring.Batch.Sources;

/// <summary>An input blob as a listing shows it.</summary>
internal sealed record InputBlob(string Path, ETag ETag, long Bytes);
