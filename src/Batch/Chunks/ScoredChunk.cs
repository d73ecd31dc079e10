namespace Scoring.Batch.Chunks;

/// <summary>A chunk's output lines, in memory that disposing gives back.</summary>
internal sealed class ScoredChunk(PooledBuffer output, ChunkResult result) : IDisposable
{
    public ReadOnlyMemory<byte> Output => output.Written;

    public ChunkResult Result { get; } = result;

    public void Dispose() => output.Dispose();
}
