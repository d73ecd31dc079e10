namespace Scoring.Batch.Planning;

/// <summary>Gathers records into chunks. Given the same plan, position and records it cuts the same chunks. Not thread safe.</summary>
internal sealed class ChunkCutter(JobPlan plan, PlanPosition from)
{
    private readonly List<Chunk> chunks = [];
    private List<ChunkPiece> pieces = [];
    private int source;
    private long pieceStart;
    private long bytes;
    private long firstRow = from.Row;
    private int rows;

    public IReadOnlyList<Chunk> Chunks => chunks;

    /// <summary>Input bytes in the chunks cut so far.</summary>
    public long BytesCut { get; private set; }

    /// <summary>The next record's place.</summary>
    public PlanPosition PositionAt(int sourceIndex, long offset) => new(sourceIndex, offset, firstRow + rows, from.Chunk + chunks.Count);

    public void StartSource(int sourceIndex, long offset)
    {
        source = sourceIndex;
        pieceStart = offset;
    }

    /// <summary>Takes a record that ends before <paramref name="end"/>; true when the chunk is full and wants to be cut there.</summary>
    public bool Add(long end)
    {
        rows++;
        return rows >= plan.ChunkRows || bytes + (end - pieceStart) >= plan.ChunkBytes;
    }

    /// <summary>Takes rows of one row group, as many as the chunk has room for, so that chunks end with row groups or are equal parts of one.</summary>
    /// <param name="left">Rows of the group that are left.</param>
    /// <param name="rowBytes">Bytes of one of them, about.</param>
    /// <returns>How many it took; when that is not all, the chunk wants to be cut there.</returns>
    public int AddRows(long left, double rowBytes)
    {
        var most = Math.Max(1, (long)Math.Min(plan.ChunkRows, plan.ChunkBytes / Math.Max(rowBytes, double.Epsilon)));
        var room = Math.Min(plan.ChunkRows - rows, (plan.ChunkBytes - bytes) / Math.Max(rowBytes, double.Epsilon));
        var taken = left <= room ? (int)left
            : rows > 0 ? 0
            : (int)(((left - 1) / ((left + most - 1) / most)) + 1);
        rows += taken;
        bytes += (long)(taken * rowBytes);
        return taken;
    }

    /// <summary>Ends the piece of the current source, so that it can be staged; null when it is empty.</summary>
    public ChunkPiece? EndPiece(long end)
    {
        var piece = EndRows(end);
        bytes += piece?.Length ?? 0;
        return piece;
    }

    /// <summary>Ends the piece of the current source, whose positions count rows.</summary>
    public ChunkPiece? EndRows(long end)
    {
        if (end == pieceStart)
        {
            return null;
        }

        var piece = new ChunkPiece(source, pieceStart, end - pieceStart);
        pieces.Add(piece);
        pieceStart = end;
        return piece;
    }

    /// <summary>Whether as many pieces as one chunk may have are gathered.</summary>
    public bool IsScattered => pieces.Count >= Chunk.MaxPieces;

    /// <summary>Makes a chunk of the pieces gathered; nothing when no record is in them.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: more chunks than one output has room for.</exception>
    public void Cut()
    {
        if (rows > 0)
        {
            var number = from.Chunk + chunks.Count;
            if (number >= JobPlan.MaxChunks)
            {
                throw new ScoringException(
                    ErrorCode.InvalidValue,
                    $"The job's input is refused: it needs more than {JobPlan.MaxChunks} chunks of at most {plan.ChunkBytes} bytes and {plan.ChunkRows} rows; found row {firstRow} in the chunk behind them. Split it into several jobs.");
            }

            chunks.Add(new Chunk(number, firstRow, rows, pieces));
        }

        BytesCut += bytes;
        firstRow += rows;
        rows = 0;
        bytes = 0;
        pieces = [];
    }
}
