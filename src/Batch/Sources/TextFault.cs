namespace Scoring.Batch.Sources;

/// <summary>A fault of a text file that shows in the middle of it and refuses it as a whole.</summary>
/// <param name="offset">Where it is in the file's text.</param>
/// <param name="message">For the log.</param>
internal abstract class TextFault(long offset, string message) : Exception(message)
{
    /// <summary>Where it is in the file's text.</summary>
    protected long Offset => offset;

    /// <summary>The fault as the job shows it.</summary>
    /// <param name="path">The file's name.</param>
    /// <param name="text">The file's text from its start, to count lines in.</param>
    public async Task<ScoringException> ToRefusalAsync(string path, Stream text, CancellationToken cancellationToken)
    {
        var line = 1L;
        var buffer = new byte[81920];
        for (var left = offset; left > 0;)
        {
            var read = await text.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            line += buffer.AsSpan(0, read).Count((byte)'\n');
            left -= read;
        }

        return new ScoringException(ErrorCode.InvalidValue, $"The job's input is refused: {Describe(path, line)}.", this);
    }

    /// <summary>What is wrong, in words.</summary>
    protected abstract string Describe(string path, long line);
}
