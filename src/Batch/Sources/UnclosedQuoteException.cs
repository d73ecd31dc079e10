namespace Scoring.Batch.Sources;

/// <summary>A CSV file ends inside a quoted field, which swallowed every row after its opening quote.</summary>
/// <param name="offset">Position of the quote in the file's text.</param>
internal sealed class UnclosedQuoteException(long offset) : TextFault(offset, $"The quote at byte {offset} never closes.")
{
    protected override string Describe(string path, long line) =>
        $"in '{path}' the quote that opens in line {line} (byte {Offset}) never closes; expected a closing quote before the end of the file";
}
