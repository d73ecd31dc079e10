using Scoring.Batch.DuckDb;
using Scoring.Batch.Sources;

using Scoring.Batch.Storage;

namespace Scoring.Batch.Planning;

/// <summary>A scan of a job's input on its way, segment by segment: between two of them a packed source stays open, since it could be unpacked from its start only. Not thread safe; dispose it.</summary>
internal sealed class PlanScan(string id, JobPlan plan, PlanPosition from, SourceStreams streams, StagedRanges staged, ParquetRows parquet, int maxRecordBytes) : IAsyncDisposable
{
    private PlanPosition position = from;
    private Stream? stream;
    private RecordReader? reader;

    /// <summary>Scans on until <see cref="JobPlan.StepBytes"/> are in chunks or the input ends.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the input changed, is broken, is no UTF-8, or needs too many chunks.</exception>
    public async Task<PlanSegment> NextAsync(CancellationToken cancellationToken)
    {
        var cutter = new ChunkCutter(plan, position);
        for (var index = position.Source; index < plan.Sources.Count; index++)
        {
            var source = plan.Sources[index];
            var offset = index == position.Source ? position.Offset : source.Start;
            cutter.StartSource(index, offset);
            var end = source.IsParquet
                ? CutRowGroups(await parquet.InspectAsync(source.Blob, cancellationToken), cutter, offset, plan.StepBytes)
                : await CutRecordsAsync(source, cutter, offset, cancellationToken);
            if (end is { } next)
            {
                position = cutter.PositionAt(index, next);
                return new PlanSegment(cutter.Chunks, position);
            }

            await DisposeAsync();
        }

        cutter.Cut();
        return new PlanSegment(cutter.Chunks, Next: null);
    }

    public async ValueTask DisposeAsync()
    {
        reader?.Dispose();
        reader = null;
        if (stream is not null)
        {
            await stream.DisposeAsync();
            stream = null;
        }
    }

    /// <summary>Cuts a Parquet file into chunks.</summary>
    /// <returns>The row at which the segment ends; null when the file did before.</returns>
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

    private async Task<long?> CutRecordsAsync(PlanSource source, ChunkCutter cutter, long offset, CancellationToken cancellationToken)
    {
        stream ??= await streams.OpenAsync(source, offset, cancellationToken);
        reader ??= new RecordReader(stream, source.Format, maxRecordBytes, offset, source.DelimiterByte);
        do
        {
            while (await ReadUntilFullAsync(source, reader, cutter, cancellationToken))
            {
                await EndPieceAsync(cutter, cancellationToken);
                cutter.Cut();
                if (cutter.BytesCut >= plan.StepBytes)
                {
                    return reader.Position;
                }
            }
        }
        while (await reader.FillAsync(cancellationToken));

        await EndPieceAsync(cutter, cancellationToken);
        if (cutter.IsScattered)
        {
            cutter.Cut();
        }

        return null;
    }

    private async Task EndPieceAsync(ChunkCutter cutter, CancellationToken cancellationToken)
    {
        var end = reader!.Position;
        if (cutter.EndPiece(end) is { } piece && stream is CapturingStream capture)
        {
            await staged.WriteAsync(id, piece, capture.TakeUpTo(end), cancellationToken);
        }
    }

    private async ValueTask<bool> ReadUntilFullAsync(PlanSource source, RecordReader from, ChunkCutter cutter, CancellationToken cancellationToken)
    {
        try
        {
            return ReadUntilFull(from, cutter);
        }
        catch (TextFault fault)
        {
            await using var text = await streams.OpenAsync(source.Blob, source.Packing, cancellationToken);
            throw await fault.ToRefusalAsync(source.Path, text, cancellationToken);
        }
    }

    private static bool ReadUntilFull(RecordReader from, ChunkCutter cutter)
    {
        while (from.TryRead(out var record))
        {
            NotUtf8Exception.ThrowIfNot(record.Content, from.RecordPosition);
            if (cutter.Add(record.End))
            {
                return true;
            }
        }

        return false;
    }
}
