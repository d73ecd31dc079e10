namespace Scoring.Batch.Sources;

/// <summary>A CSV file ends inside a quoted field, which swallowed every row after its opening quote.</summary>
/// <param name="offset">Position of the quote in the file's text.</param>
internal sealed class UnclosedQuoteException(long offset) : Exception($"The quote at byte {offset} never closes.")
{
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

        return new ScoringException(ErrorCode.InvalidValue, $"The job's input is refused: in '{path}' the quote that opens in line {line} (byte {offset}) never closes; expected a closing quote before the end of the file.", this);
    }
}
