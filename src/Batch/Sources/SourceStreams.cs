using Scoring.Batch.Planning;

namespace Scoring.Batch.Sources;

/// <summary>Opens the text of input blobs. Thread safe.</summary>
internal sealed class SourceStreams(InputBlobs inputs)
{
    /// <summary>How a text file is packed, by its first bytes.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: it is, unpacked too, something that is not read, such as UTF-16; or it is broken.</exception>
    public async Task<Packing> FindPackingAsync(InputBlob blob, CancellationToken cancellationToken)
    {
        await using var file = await inputs.OpenAsync(blob, 0, Math.Min(TextStart.Length, blob.Bytes), cancellationToken).ConfigureAwait(false);
        var packing = TextStart.FindPacking(await ReadStartAsync(file, cancellationToken).ConfigureAwait(false), blob.Path);
        if (packing != Packing.None)
        {
            await using var text = await OpenAsync(blob, packing, cancellationToken).ConfigureAwait(false);
            TextStart.RequireUtf8(await ReadStartAsync(text, cancellationToken).ConfigureAwait(false), blob.Path);
        }

        return packing;
    }

    /// <summary>The text from its start.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the blob changed or is gone.</exception>
    public async Task<Stream> OpenAsync(InputBlob blob, Packing packing, CancellationToken cancellationToken)
    {
        var file = await inputs.OpenAsync(blob, 0, length: null, cancellationToken).ConfigureAwait(false);
        return packing switch
        {
            Packing.Gzip => new GunzipStream(file, blob.Path),
            Packing.Zstd => new ZstdStream(file, blob.Path),
            _ => file,
        };
    }

    /// <summary>The text from a position on; a packed source is unpacked, and what is read of it can be captured.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the blob changed or is gone, or its packed data is broken.</exception>
    public async Task<Stream> OpenAsync(PlanSource source, long offset, CancellationToken cancellationToken)
    {
        if (!source.IsPacked)
        {
            return await inputs.OpenAsync(source.Blob, offset, length: null, cancellationToken).ConfigureAwait(false);
        }

        // A packed stream can only be read from its start: what lies before is unpacked again and dropped.
        var unpacked = await OpenAsync(source.Blob, source.Packing, cancellationToken).ConfigureAwait(false);
        try
        {
            var buffer = new byte[81920];
            for (var left = offset; left > 0;)
            {
                var read = await unpacked.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken).ConfigureAwait(false);
                left = read > 0 ? left - read : throw new ScoringException(ErrorCode.InvalidValue, $"The job's input is refused: '{source.Path}' ends early: {left} bytes before position {offset} of its text.");
            }

            return new CapturingStream(unpacked, offset);
        }
        catch
        {
            await unpacked.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<byte[]> ReadStartAsync(Stream stream, CancellationToken cancellationToken)
    {
        var start = new byte[TextStart.Length];
        return start[..await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false)];
    }
}
