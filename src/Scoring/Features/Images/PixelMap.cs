using System.Buffers;

namespace Scoring.Features.Images;

/// <summary>Pixels of eight bits a channel, row by row, in pooled memory. Dispose it once.</summary>
internal readonly struct PixelMap(int width, int height, int channels) : IDisposable
{
    private readonly byte[] bytes = ArrayPool<byte>.Shared.Rent(checked(width * height * channels));

    public int Width => width;

    public int Height => height;

    /// <summary>1 for grey, 3 for red, green and blue.</summary>
    public int Channels => channels;

    public Span<byte> Bytes => bytes.AsSpan(0, width * height * channels);

    public Span<byte> Row(int y) => bytes.AsSpan(y * width * channels, width * channels);

    public void Dispose() => ArrayPool<byte>.Shared.Return(bytes);
}
