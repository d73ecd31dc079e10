namespace Scoring.Outcomes.Reading;

/// <summary>Files of lines one after another; a last line without an end gets one, so that it spoils none but itself. Throws where a file is gone, so that nothing is written of it. One reader.</summary>
internal sealed class JoinedStream(IOutcomeFiles files, IReadOnlyList<OutcomeFile> parts) : Stream
{
    private Stream? current;
    private int next;
    private bool endsLine = true;

    /// <summary>True once a file was found gone.</summary>
    public bool IsBroken { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (current is null)
            {
                if (!endsLine)
                {
                    buffer.Span[0] = (byte)'\n';
                    endsLine = true;
                    return 1;
                }

                if (next == parts.Count)
                {
                    return 0;
                }

                current = await files.OpenAsync(parts[next++], 0, cancellationToken).ConfigureAwait(false);
                IsBroken = current is null;
                if (IsBroken)
                {
                    throw new IOException("A part is gone.");
                }
            }

            var count = await current!.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (count > 0)
            {
                endsLine = buffer.Span[count - 1] == '\n';
                return count;
            }

            await current.DisposeAsync().ConfigureAwait(false);
            current = null;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        current?.Dispose();
        base.Dispose(disposing);
    }
}
