using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Scoring.Serving.Isolation;

/// <summary>
/// One message between a server and the process of a model: its length (int32), four unused bytes, a number that its answer repeats (int64), and its content. Native values may
/// point into it, since it does not move before it grows. Reused from message to message; one user at a time.
/// </summary>
internal sealed class FrameBuffer
{
    /// <summary>Bytes before the content.</summary>
    public const int HeaderBytes = 16;

    // What an element of a tensor may want: none is wider.
    private const int Alignment = 8;

    // A large message is rare, and its memory is worth more to others.
    private const int MaxKeptBytes = 4 << 20;

    private byte[] bytes = Make(4096);

    /// <summary>Bytes held, the header included.</summary>
    public int Length { get; private set; }

    /// <summary>What is held.</summary>
    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    /// <summary>The number of the message.</summary>
    public long Sequence => MemoryMarshal.Read<long>(bytes.AsSpan(8));

    /// <summary>Address of the first byte.</summary>
    public unsafe nint Address => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(bytes));

    /// <summary>Begins a message.</summary>
    public void Begin()
    {
        if (bytes.Length > MaxKeptBytes)
        {
            bytes = Make(4096);
        }

        Length = HeaderBytes;
    }

    /// <summary>Completes a message.</summary>
    public void End(long sequence)
    {
        MemoryMarshal.Write(bytes, Length);
        MemoryMarshal.Write(bytes.AsSpan(8), sequence);
    }

    /// <summary>Room for so many bytes more.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InferenceFailed"/>: the message would be larger than 2 GiB.</exception>
    public Span<byte> Append(long count)
    {
        if (Length + count > Array.MaxLength)
        {
            throw new ScoringException(ErrorCode.InferenceFailed, "More than 2 GiB cannot be passed to or from the process of a model in one run.");
        }

        Reserve(Length + (int)count);
        Length += (int)count;
        return bytes.AsSpan(Length - (int)count, (int)count);
    }

    /// <summary>Appends a number.</summary>
    public void Write<T>(T value)
        where T : unmanaged => MemoryMarshal.Write(Append(Unsafe.SizeOf<T>()), value);

    /// <summary>Appends a text.</summary>
    public void Write(string text)
    {
        Write(Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, Append(Encoding.UTF8.GetByteCount(text)));
    }

    /// <summary>Skips to where the elements of a tensor may stand.</summary>
    public void Align() => Append(PaddingAt(Length));

    /// <summary>Bytes between a place and the next at which elements may stand.</summary>
    public static int PaddingAt(int place) => -place & (Alignment - 1);

    /// <summary>Takes a message in, piece by piece, as it arrives.</summary>
    /// <param name="receive">Fills what it is given with at least one byte and says with how many; 0 at the end.</param>
    /// <returns>False where no message came.</returns>
    public bool Fill(Func<Memory<byte>, int> receive)
    {
        Begin();
        var (got, wanted) = (0, HeaderBytes);
        while (got < wanted)
        {
            var count = receive(bytes.AsMemory(got));
            if (count == 0)
            {
                return false;
            }

            got += count;
            if (got >= HeaderBytes)
            {
                wanted = MemoryMarshal.Read<int>(bytes);
                if (wanted < HeaderBytes)
                {
                    return false;
                }

                Length = got;
                Reserve(wanted);
            }
        }

        Length = wanted;
        return true;
    }

    private void Reserve(int length)
    {
        if (length > bytes.Length)
        {
            var grown = Make((int)Math.Min(Array.MaxLength, Math.Max(length, 2L * bytes.Length)));
            Written.CopyTo(grown);
            bytes = grown;
        }
    }

    private static byte[] Make(int length) => GC.AllocateUninitializedArray<byte>(length, pinned: true);
}
