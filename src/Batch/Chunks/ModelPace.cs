namespace Scoring.Batch.Chunks;

/// <summary>How a model fares on a job's first rows.</summary>
/// <param name="Row">Time of one row's share of a run.</param>
/// <param name="OutputBytes">Bytes of one output line.</param>
internal readonly record struct ModelPace(TimeSpan Row, double OutputBytes)
{
    // A run in the hands of a chunk is what a request may have to wait for.
    private static readonly TimeSpan MaxRun = TimeSpan.FromMilliseconds(2);

    /// <summary>Of a model whose rows are to be run each alone.</summary>
    public static ModelPace RowByRow => new(2 * MaxRun, 0);

    /// <summary>Rows of one run: a power of 4 up to 1,024, so that small differences of pace make no difference.</summary>
    public int RunRows
    {
        get
        {
            var rows = 1024;
            while (rows > 1 && Row * rows > MaxRun)
            {
                rows /= 4;
            }

            return rows;
        }
    }

    /// <summary>Rows of a chunk that takes no longer, and gives no more, than it should.</summary>
    public int ChunkRows(BatchOptions options)
    {
        var byTime = Row > TimeSpan.Zero ? options.ChunkDuration / Row : double.MaxValue;
        var bySize = OutputBytes > 0 ? options.ChunkOutputBytes / OutputBytes : double.MaxValue;
        return (int)Math.Clamp(Math.Min(byTime, bySize), 1, options.ChunkRows);
    }
}
