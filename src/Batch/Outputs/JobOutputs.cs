using Scoring.Batch.DuckDb;
using Scoring.Batch.Messages;
using Scoring.Repository;

namespace Scoring.Batch.Outputs;

/// <summary>Where jobs' lines go. Thread safe.</summary>
internal sealed class JobOutputs(StorageConnection storage, ParquetPart parquet)
{
    public IJobOutput Of(JobRequest request) => request.Output == JobFormat.Parquet
        ? new OutputParts(storage.Blobs, request.OutputName, request.ContentHash(), parquet)
        : new OutputBlob(storage.Blobs, request.OutputName, request.ContentHash(), "application/jsonl");
}
