using Scoring.Batch.DuckDb;
using Scoring.Batch.Messages;
using Scoring.Batch.Planning;
using Scoring.Batch.Sources;
using Scoring.Inference;
using Scoring.Serving;

namespace Scoring.Batch.Chunks;

/// <summary>Scores a job's first rows to learn what its chunks may hold. Thread safe.</summary>
internal sealed class PaceMeter(SourceStreams streams, ParquetRows parquet, FirstThreads threads, RunGate gate, RunWatch watch, TimeProvider time)
{
    private const int Rows = 64;
    private const int MaxRecordBytes = 1 << 20;

    /// <summary>The pace of a model on the first rows of a source; that of an endlessly fast one where there are no good rows.</summary>
    public Task<ModelPace> MeasureAsync(LoadedModel model, JobRequest request, PlanSource source, IReadOnlyList<byte[]> headers, CancellationToken cancellationToken) =>
        threads.RunAsync(() => MeasureHereAsync(model, request, source, headers, cancellationToken), cancellationToken);

    private async Task<ModelPace> MeasureHereAsync(LoadedModel model, JobRequest request, PlanSource source, IReadOnlyList<byte[]> headers, CancellationToken cancellationToken)
    {
        using var binder = new SourceBinder(source, headers, model, request.Keep, hasIndex: false);
        using var reader = source.IsParquet
            ? await parquet.OpenAsync(source.Blob, new ChunkPiece(0, 0, Rows), binder.Columns, cancellationToken)
            : new RecordReader(await streams.OpenAsync(source, source.Start, cancellationToken), source.Format, MaxRecordBytes, source.Start, source.DelimiterByte) { OwnsStream = true };
        using var output = new PooledBuffer(1 << 16);
        using var batch = model.RentBatch();
        using var block = new RowBlock(batch, Rows, request.Keep.Count > 0, hasIndex: false, firstRow: 0, output);
        while (!Fill(reader, binder.Records, block) && await reader.FillAsync(cancellationToken))
        {
        }

        if (!block.HasRows)
        {
            return default;
        }

        // The first run pays for what is made lazily; the second tells.
        var rows = batch.Count;
        using var slot = await gate.EnterChunkAsync(model.Package.Name, cancellationToken);
        using var limit = watch.Begin(time.GetTimestamp(), Timeout.InfiniteTimeSpan, cancellationToken, model: model, kind: RunKind.Chunk);
        try
        {
            block.Run(limit, cancellationToken, mayDie: false);
        }
        catch (ModelProcessException)
        {
            // Each time that the process dies counts: its chunks need not find the row by running it among others first.
            return ModelPace.RowByRow;
        }

        if (!block.HasRows)
        {
            return default;
        }

        var started = time.GetTimestamp();
        block.Run(limit, cancellationToken);
        var elapsed = time.GetElapsedTime(started);
        block.Write();
        return new ModelPace(elapsed / rows, (double)output.Length / Math.Max(1, block.Written));
    }

    private static bool Fill(IRecordReader reader, IRecordBinder binder, RowBlock block)
    {
        try
        {
            while (!block.IsFull)
            {
                if (!reader.TryRead(out var record))
                {
                    return false;
                }

                if (!record.IsOversized && !block.TryAdd(binder, record.Content))
                {
                    return true;
                }
            }
        }
        catch (UnclosedQuoteException)
        {
            // The scan meets it too, and tells.
        }

        return true;
    }
}
