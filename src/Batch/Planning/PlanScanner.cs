using Microsoft.Extensions.Options;
using Scoring.Batch.Chunks;
using Scoring.Batch.DuckDb;
using Scoring.Batch.Sources;
using Scoring.Batch.Storage;

namespace Scoring.Batch.Planning;

/// <summary>Scans a job's input and cuts it into chunks at record boundaries; what is packed is unpacked on the way, of Parquet only the footer is read. Thread safe.</summary>
internal sealed class PlanScanner(SourceStreams streams, StagedRanges staged, ParquetRows parquet, FirstThreads threads, IOptions<BatchOptions> options)
{
    /// <summary>A scan from a position on; the caller disposes it.</summary>
    public PlanScan Start(string id, JobPlan plan, PlanPosition from) => new(id, plan, from, streams, staged, parquet, options.Value.MaxRecordBytes);

    /// <summary>Scans on, on the batch threads: a scan is as much work as the chunks are.</summary>
    /// <inheritdoc cref="PlanScan.NextAsync"/>
    public Task<PlanSegment> NextAsync(PlanScan scan, CancellationToken cancellationToken) => threads.RunAsync(() => scan.NextAsync(cancellationToken), cancellationToken);
}
