using System.Text.Json;
using Microsoft.Extensions.Options;
using Scoring.Batch.Jobs;
using Scoring.Batch.Planning;
using Scoring.Batch.Sources;
using Scoring.Outcomes;
using Scoring.Serving;
using Scoring.Telemetry;

namespace Scoring.Batch.Chunks;

/// <summary>Scores a chunk into output lines: the same chunk of the same plan always gives the same lines. Thread safe.</summary>
internal sealed class ChunkScorer(
    ModelCatalog catalog, BlockRunner runner, PieceReaders pieces, BatchThreads threads, FirstThreads firstThreads, ReceiptIssuer receipts, IOptions<BatchOptions> options, ScoringMetrics metrics, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim turns = new(options.Value.MaxConcurrentChunks);
    private readonly SemaphoreSlim firstTurns = new(options.Value.MaxConcurrentChunks);

    /// <param name="isFirst">Whether it goes before the chunks of large jobs.</param>
    /// <exception cref="ScoringException">The input changed, its header does not fit the model, or the model is not available.</exception>
    /// <exception cref="InvalidDataException">The input holds other rows than the plan says.</exception>
    public async Task<ScoredChunk> ScoreAsync(PlannedJob job, Chunk chunk, bool isFirst, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var turn = isFirst ? firstTurns : turns;
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        var output = new PooledBuffer(1 << 16);
        try
        {
            using var activity = ScoringActivity.StartChunk(job.Request.Model, job.Id, chunk.Number);
            using var lease = await catalog.LeaseAsync(job.Request.Model, job.Plan.Version, cancellationToken).ConfigureAwait(false);
            var result = await (isFirst ? firstThreads : threads).RunAsync(() => ScoreAsync(job, chunk, lease.Model, output, cancellationToken), cancellationToken).ConfigureAwait(false);
            metrics.ChunkCompleted(job.Request.Model, time.GetElapsedTime(started), (int)result.Rows);
            return result.Rows == chunk.Rows
                ? new ScoredChunk(output, result)
                : throw new InvalidDataException($"Chunk {chunk.Number} of job '{job.Id}' holds {result.Rows} records; its plan says {chunk.Rows}.");
        }
        catch
        {
            output.Dispose();
            throw;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        turns.Dispose();
        firstTurns.Dispose();
    }

    // From here on no await leaves the batch threads.
    private async Task<ChunkResult> ScoreAsync(PlannedJob job, Chunk chunk, LoadedModel model, PooledBuffer output, CancellationToken cancellationToken)
    {
        using var batch = model.RentBatch();
        using var block = new RowBlock(batch, job.Plan.RunRows, job.Request.Keep.Count > 0, job.Plan.HasIndex, chunk.FirstRow, output, LineReceipts.Of(job, receipts));
        var ignored = ChunkResult.None;
        if (job.Request.Instances is { } instances)
        {
            await ScoreInstancesAsync(job, instances, block, cancellationToken);
        }

        foreach (var piece in chunk.Pieces)
        {
            ignored += await ScorePieceAsync(job, piece, model, block, cancellationToken);
        }

        await FlushAsync(block, cancellationToken);
        return new ChunkResult(block.Written, block.Failed, ignored.IgnoredColumns);
    }

    private async Task ScoreInstancesAsync(PlannedJob job, ReadOnlyMemory<byte> instances, RowBlock block, CancellationToken cancellationToken)
    {
        var binder = new JsonBinder(job.Request.Keep, unknown: null);
        var position = 0;
        while (true)
        {
            var isMore = AddInstances(instances.Span, ref position, binder, block);
            await FlushAsync(block, cancellationToken);
            if (!isMore)
            {
                return;
            }
        }
    }

    private async Task<ChunkResult> ScorePieceAsync(PlannedJob job, ChunkPiece piece, LoadedModel model, RowBlock block, CancellationToken cancellationToken)
    {
        var source = job.Plan.Sources[piece.Source];
        using var binder = new SourceBinder(source, job.Plan.Headers, model, job.Request.Keep, job.Plan.HasIndex);
        using var reader = await pieces.OpenAsync(job.Id, source, piece, binder.Columns, cancellationToken);
        do
        {
            while (AddRecords(reader, binder.Records, block))
            {
                await FlushAsync(block, cancellationToken);
            }
        }
        while (await reader.FillAsync(cancellationToken));

        // The binder ends with its piece, and rows keep it until they are written.
        await FlushAsync(block, cancellationToken);
        return new ChunkResult(0, 0, binder.IgnoredColumns);
    }

    // One run at most, between which others get their turn at the gate.
    private async Task FlushAsync(RowBlock block, CancellationToken cancellationToken)
    {
        if (block.HasRows)
        {
            await runner.RunAsync(block, cancellationToken);
        }

        block.Write();
    }

    // True when the block is to be flushed before the next record.
    private bool AddRecords(IRecordReader reader, IRecordBinder binder, RowBlock block)
    {
        while (!block.IsFull)
        {
            if (!reader.TryRead(out var record))
            {
                return false;
            }

            if (record.IsOversized)
            {
                block.AddBad(ErrorCode.BodyTooLarge, $"found a record of more than {options.Value.MaxRecordBytes} bytes");
            }
            else if (!block.TryAdd(binder, record.Content))
            {
                reader.Unread();
                return true;
            }
        }

        return true;
    }

    private static bool AddInstances(ReadOnlySpan<byte> instances, ref int position, JsonBinder binder, RowBlock block)
    {
        // The position is on the array's opening bracket, or just after an instance: on a comma or the closing bracket.
        while (!block.IsFull)
        {
            var rest = instances[(position + 1)..];
            if (rest.IsEmpty || rest[0] == (byte)']')
            {
                return false;
            }

            var reader = new Utf8JsonReader(rest, isFinalBlock: false, default);
            reader.Read();
            reader.TrySkip();
            if (!block.TryAdd(binder, rest[..(int)reader.BytesConsumed]))
            {
                return true;
            }

            position += 1 + (int)reader.BytesConsumed;
        }

        return true;
    }

    /// <summary>A chunk's output lines, in memory that disposing gives back.</summary>
    internal sealed class ScoredChunk(PooledBuffer output, ChunkResult result) : IDisposable
    {
        public ReadOnlyMemory<byte> Output => output.Written;

        public ChunkResult Result { get; } = result;

        public void Dispose() => output.Dispose();
    }
}
