using Scoring.Batch.Planning;

namespace Scoring.Batch.Sources;

/// <summary>Opens the sources of a plan at a position of their text. Thread safe.</summary>
internal sealed class SourceStreams(InputBlobs inputs)
{
    /// <summary>The text from a position on; a gzip source is unpacked, and what is read of it can be captured.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the blob changed or is gone, or its gzip data is broken.</exception>
    public async Task<Stream> OpenAsync(PlanSource source, long offset, CancellationToken cancellationToken)
    {
        if (!source.IsGzip)
        {
            return await inputs.OpenAsync(source.Path, source.ETag, offset, length: null, cancellationToken).ConfigureAwait(false);
        }

        // A gzip stream can only be read from its start: what lies before is unpacked again and dropped.
        var packed = await inputs.OpenAsync(source.Path, source.ETag, 0, length: null, cancellationToken).ConfigureAwait(false);
        var unpacked = new GunzipStream(packed, source.Path);
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
}
