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

    /// <summary>Ends the piece of the current source, so that it can be staged; null when it is empty.</summary>
    public ChunkPiece? EndPiece(long end)
    {
        if (end == pieceStart)
        {
            return null;
        }

        var piece = new ChunkPiece(source, pieceStart, end - pieceStart);
        pieces.Add(piece);
        bytes += piece.Length;
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
