namespace Scoring.Inference.Buffers;

/// <summary>A mark, 0 or 1, for each id of another input: whether it is no padding, or whether it belongs to a pair's second text.</summary>
internal sealed class TokenMarkBuffer(ValueSpec spec, TokenBuffer tokens, bool marksSecond) : PaddedBuffer(spec)
{
    /// <summary>Takes part in the row that the ids are writing.</summary>
    public void Follow() => HasPending = true;

    /// <inheritdoc/>
    public override void Commit()
    {
        for (var row = 0; row < tokens.PendingRows; row++)
        {
            base.Commit();
        }
    }

    /// <summary>Always: what may stand in one run is for the ids to say.</summary>
    public override bool GoesWith(InputBuffer other) => true;

    /// <inheritdoc/>
    protected override int MaxRow(int first, int count) => tokens.Longest(first, count);

    /// <inheritdoc/>
    protected override void Fill(int row, Span<long> padded)
    {
        var (start, end, secondStart, _) = tokens[row];
        var first = tokens.PadsLeft ? padded.Length - (end - start) : 0;
        padded.Clear();
        padded[(first + (marksSecond ? secondStart - start : 0))..(first + end - start)].Fill(1);
    }
}
