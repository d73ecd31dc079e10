namespace Scoring.Tests.Batch.Sources;

/// <summary>Gives its bytes in small pieces of changing size, as a network does.</summary>
internal sealed class DribbleStream(byte[] content, int seed) : MemoryStream(content, writable: false)
{
    private readonly Random random = new(seed);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(buffer.Length, random.Next(1, 8))], cancellationToken);
}
