using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Scoring.Serving.Isolation;

/// <summary>Reads a message from its beginning. It trusts nothing: what wrote the message may have crashed while it did.</summary>
internal ref struct FrameReader(FrameBuffer frame)
{
    private readonly FrameBuffer frame = frame;

    /// <summary>Bytes read.</summary>
    public int Position { get; private set; } = FrameBuffer.HeaderBytes;

    /// <summary>Address of the next byte.</summary>
    public readonly nint Address => frame.Address + Position;

    /// <summary>The next bytes.</summary>
    /// <exception cref="InvalidDataException">There are not so many.</exception>
    public ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0 || count > frame.Length - Position)
        {
            throw new InvalidDataException($"A message of {frame.Length} bytes was to hold {count} bytes behind {Position}.");
        }

        Position += (int)count;
        return frame.Written.Slice(Position - (int)count, (int)count);
    }

    /// <summary>The next number.</summary>
    public T Read<T>()
        where T : unmanaged => MemoryMarshal.Read<T>(Take(Unsafe.SizeOf<T>()));

    /// <summary>A count of things of which each takes at least so many bytes.</summary>
    public int Count(int leastBytes)
    {
        var count = Read<int>();
        return count >= 0 && (long)count * leastBytes <= frame.Length - Position ? count : throw new InvalidDataException($"A message of {frame.Length} bytes was to hold {count} entries.");
    }

    /// <summary>The next text.</summary>
    public string Text() => Encoding.UTF8.GetString(Take(Read<int>()));

    /// <summary>Skips to where the elements of a tensor stand.</summary>
    public void Align() => Take(FrameBuffer.PaddingAt(Position));
}
