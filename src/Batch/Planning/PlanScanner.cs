using Microsoft.Extensions.Options;
using Scoring.Batch.Chunks;
using Scoring.Batch.DuckDb;
using Scoring.Batch.Sources;
using Scoring.Batch.Storage;

namespace Scoring.Batch.Planning;

/// <summary>Scans a bounded amount of a job's input and cuts it into chunks at record boundaries; gzip is unpacked on the way, of Parquet only the footer is read. Thread safe.</summary>
internal sealed class PlanScanner(SourceStreams streams, StagedRanges staged, ParquetRows parquet, FirstThreads threads, IOptions<BatchOptions> options)
{
    /// <summary>Scans from a position until <see cref="JobPlan.StepBytes"/> are in chunks or the input ends.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the input changed, is broken gzip, or needs too many chunks.</exception>
    public async Task<PlanSegment> ScanAsync(string id, JobPlan plan, PlanPosition from, CancellationToken cancellationToken)
    {
        return await threads.RunAsync(() => ScanSourcesAsync(id, plan, from, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    // From here on no await leaves the batch threads: a scan is as much work as the chunks are.
    private async Task<PlanSegment> ScanSourcesAsync(string id, JobPlan plan, PlanPosition from, CancellationToken cancellationToken)
    {
        var cutter = new ChunkCutter(plan, from);
        for (var index = from.Source; index < plan.Sources.Count; index++)
        {
            var source = plan.Sources[index];
            var offset = index == from.Source ? from.Offset : source.Start;
            cutter.StartSource(index, offset);
            if (source.IsParquet)
            {
                var layout = await parquet.InspectAsync(source.Blob, cancellationToken);
                if (CutRowGroups(layout, cutter, offset, plan.StepBytes) is { } row)
                {
                    return new PlanSegment(cutter.Chunks, cutter.PositionAt(index, row));
                }

                continue;
            }

            await using var stream = await streams.OpenAsync(source, offset, cancellationToken);
            var capture = stream as CapturingStream;
            using var reader = new RecordReader(stream, source.Format, options.Value.MaxRecordBytes, offset);
            do
            {
                while (await ReadUntilFullAsync(source, reader, cutter, cancellationToken))
                {
                    await EndPieceAsync(reader.Position, capture);
                    cutter.Cut();
                    if (cutter.BytesCut >= plan.StepBytes)
                    {
                        return new PlanSegment(cutter.Chunks, cutter.PositionAt(index, reader.Position));
                    }
                }
            }
            while (await reader.FillAsync(cancellationToken));

            await EndPieceAsync(reader.Position, capture);
            if (cutter.IsScattered)
            {
                cutter.Cut();
            }
        }

        cutter.Cut();
        return new PlanSegment(cutter.Chunks, Next: null);

        async Task EndPieceAsync(long end, CapturingStream? capture)
        {
            if (cutter.EndPiece(end) is { } piece && capture is not null)
            {
                await staged.WriteAsync(id, piece, capture.TakeUpTo(end), cancellationToken);
            }
        }
    }

    /// <summary>Cuts a Parquet file into chunks.</summary>
    /// <returns>The row at which the step ends; null when the file did before.</returns>
    internal static long? CutRowGroups(ParquetLayout layout, ChunkCutter cutter, long from, long stepBytes)
    {
        foreach (var group in layout.RowGroups.Where(group => group.End > from))
        {
            for (var row = Math.Max(from, group.FirstRow); row < group.End;)
            {
                var left = group.End - row;
                var taken = cutter.AddRows(left, (double)group.Bytes / group.Rows);
                row += taken;
                if (taken < left)
                {
                    cutter.EndRows(row);
                    cutter.Cut();
                    if (cutter.BytesCut >= stepBytes)
                    {
                        return row;
                    }
                }
            }
        }

        cutter.EndRows(layout.Rows);
        if (cutter.IsScattered)
        {
            cutter.Cut();
        }

        return null;
    }

    private async ValueTask<bool> ReadUntilFullAsync(PlanSource source, RecordReader reader, ChunkCutter cutter, CancellationToken cancellationToken)
    {
        try
        {
            return ReadUntilFull(reader, cutter);
        }
        catch (UnclosedQuoteException exception)
        {
            await using var text = await streams.OpenAsync(source, 0, cancellationToken);
            throw await exception.ToRefusalAsync(source.Path, text, cancellationToken);
        }
    }

    private static bool ReadUntilFull(RecordReader reader, ChunkCutter cutter)
    {
        while (reader.TryRead(out var record))
        {
            if (cutter.Add(record.End))
            {
                return true;
            }
        }

        return false;
    }
}
