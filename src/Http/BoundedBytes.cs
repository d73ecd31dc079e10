using System.Buffers;

namespace Scoring.Http;

/// <summary>Growing bytes that refuse to grow beyond a limit, so that an answer without a bound costs no more memory than one that may be sent.</summary>
/// <param name="maxKeptBytes">Memory of more bytes than this is given up once it is cleared.</param>
internal sealed class BoundedBytes(int maxKeptBytes) : IBufferWriter<byte>
{
    private const int FirstBytes = 4096;

    private ArrayBufferWriter<byte> bytes = new(FirstBytes);

    /// <summary>Most bytes.</summary>
    public long MaxBytes { get; set; } = long.MaxValue;

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => bytes.WrittenMemory;

    /// <exception cref="ScoringException"><see cref="ErrorCode.BodyTooLarge"/>: there are too many.</exception>
    public void Advance(int count)
    {
        if (bytes.WrittenCount + (long)count > MaxBytes)
        {
            throw AnswerTooLarge.Of(MaxBytes);
        }

        bytes.Advance(count);
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => bytes.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => bytes.GetSpan(sizeHint);

    /// <summary>Forgets what was written.</summary>
    public void Clear()
    {
        if (bytes.Capacity > maxKeptBytes)
        {
            bytes = new ArrayBufferWriter<byte>(FirstBytes);
        }
        else
        {
            bytes.ResetWrittenCount();
        }
    }
}
