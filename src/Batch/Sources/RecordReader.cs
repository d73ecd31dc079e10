using System.Buffers;

namespace Scoring.Batch.Sources;

/// <summary>
/// Reads the records of a JSONL or CSV stream from one growing, pooled buffer: <see cref="TryRead"/> until it gives nothing,
/// then <see cref="FillAsync"/>, until that says that the stream has ended. Blank lines and a leading byte order mark are skipped.
/// Not thread safe; allocates nothing per record.
/// </summary>
/// <param name="stream">Starts at a record's first byte. Stays the caller's, unless <see cref="OwnsStream"/>.</param>
/// <param name="format">How records end.</param>
/// <param name="maxRecordBytes">A longer record is reported as oversized and its bytes are dropped.</param>
/// <param name="position">Where in its file the stream starts; a byte order mark is looked for at 0 only.</param>
/// <param name="delimiter">Between the fields of CSV.</param>
internal sealed class RecordReader(Stream stream, RecordFormat format, int maxRecordBytes, long position = 0, byte delimiter = (byte)',') : IRecordReader
{
    private const int FirstBufferBytes = 256 * 1024;

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
    private int start;
    private int end;
    private int lastStart;
    private long consumed = position;
    private long lastConsumed;
    private RecordSplitter.Resume resume;
    private bool skipping;
    private bool ended;
    private bool atStart = position == 0;

    /// <summary>Whether disposing this disposes the stream.</summary>
    public bool OwnsStream { get; init; }

    /// <summary>Position in the file just behind the last record read.</summary>
    public long Position => consumed;

    /// <summary>Where in the file the record read last starts.</summary>
    public long RecordPosition => lastConsumed;

    /// <summary>The next record that the buffer holds whole; false when more must be read first or the stream has ended.</summary>
    /// <exception cref="UnclosedQuoteException">A quoted field of CSV is still open where the stream ends.</exception>
    public bool TryRead(out Record record)
    {
        while (SkipByteOrderMark())
        {
            var data = buffer.AsSpan(start, end - start);
            var length = RecordSplitter.FindEnd(format, delimiter, data, ref resume);
            if (length < 0)
            {
                if (!ended)
                {
                    break;
                }

                if (RecordSplitter.IsUnclosed(data, resume))
                {
                    throw new UnclosedQuoteException(consumed + resume.QuoteStart);
                }

                length = data.Length;
                if (length == 0 && !skipping)
                {
                    break;
                }
            }

            (lastStart, lastConsumed) = (start, consumed);
            Advance(length);
            if (skipping || length > maxRecordBytes)
            {
                skipping = false;
                record = new Record([], consumed, isOversized: true);
                return true;
            }

            var content = RecordSplitter.TrimEnding(data[..length]);
            if (!RecordSplitter.IsBlank(format, content))
            {
                record = new Record(content, consumed, isOversized: false);
                return true;
            }
        }

        record = default;
        return false;
    }

    /// <summary>Makes the next read give the last record again. Only for a record that was not oversized, and before the next <see cref="FillAsync"/>.</summary>
    public void Unread() => (start, consumed) = (lastStart, lastConsumed);

    /// <summary>Reads more of the stream; false when it has ended and <see cref="TryRead"/> has given all.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (ended)
        {
            return end > start || skipping;
        }

        MakeRoom();
        var read = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
        end += read;
        ended = read == 0;
        return !ended || end > start || skipping;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        if (OwnsStream)
        {
            stream.Dispose();
        }
    }

    private void Advance(int length)
    {
        start += length;
        consumed += length;
        resume = default;
    }

    // A mark that is not whole yet waits for more bytes: false then.
    private bool SkipByteOrderMark()
    {
        if (atStart)
        {
            var data = buffer.AsSpan(start, end - start);
            var mark = "\uFEFF"u8;
            if (!ended && data.Length < mark.Length && mark.StartsWith(data))
            {
                return false;
            }

            atStart = false;
            if (data.StartsWith(mark))
            {
                Advance(mark.Length);
            }
        }

        return true;
    }

    private void MakeRoom()
    {
        var length = end - start;
        if (length > maxRecordBytes)
        {
            // 1. Too long to keep: drop what was searched, but for the last byte, which the search may still look back at.
            var drop = Math.Max(0, resume.Position - 1);
            skipping = true;
            start += drop;
            consumed += drop;
            resume.Position -= drop;
            resume.QuoteStart -= drop;
            length -= drop;
        }

        if (end < buffer.Length && start == 0)
        {
            return;
        }

        // 2. A record that fills more than half of the buffer gets a larger one; otherwise it moves to the front.
        var target = length > buffer.Length / 2 ? ArrayPool<byte>.Shared.Rent(buffer.Length * 2) : buffer;
        buffer.AsSpan(start, length).CopyTo(target);
        if (target != buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = target;
        }

        start = 0;
        end = length;
    }
}
