using System.Buffers;

namespace Scoring.Batch.Sources;

/// <summary>Keeps what is read through it, from a position on, until it is taken. Not thread safe.</summary>
internal sealed class CapturingStream(Stream inner, long position) : ForwardStream
{
    private readonly ArrayBufferWriter<byte> captured = new(1 << 20);
    private int taken;
    private long takenUpTo = position;

    /// <summary>The bytes read since the last taking, up to a position in the file; valid until the next read.</summary>
    public ReadOnlyMemory<byte> TakeUpTo(long end)
    {
        var bytes = captured.WrittenMemory.Slice(taken, (int)(end - takenUpTo));
        taken += bytes.Length;
        takenUpTo = end;
        return bytes;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (taken > 0)
        {
            var rest = captured.WrittenSpan[taken..].ToArray();
            captured.ResetWrittenCount();
            captured.Write(rest);
            taken = 0;
        }

        captured.Write(buffer.Span[..read]);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
