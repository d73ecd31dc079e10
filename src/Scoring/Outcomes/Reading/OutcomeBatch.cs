namespace Scoring.Outcomes.Reading;

/// <summary>Lines of one content on their way from a file into a reading. Reused; one caller at a time.</summary>
internal sealed class OutcomeBatch
{
    private const int MaxRows = 2048;

    private readonly OutcomeRow[] rows = new OutcomeRow[MaxRows];
    private float[] probabilities = [];
    private int width;

    public int Count { get; private set; }

    public string Content { get; private set; } = "";

    public OutcomeTask Task { get; private set; }

    public long Damaged { get; set; }

    public long Torn { get; set; }

    public ReadOnlySpan<OutcomeRow> Rows => rows.AsSpan(0, Count);

    public ReadOnlySpan<float> ProbabilitiesOf(int index) => probabilities.AsSpan(index * width, width);

    /// <summary>Takes a line, which counts as one of its visitor where <paramref name="byVisitor"/>, else as one of its receipt; false where it is not like the others, or there is no room: hand the batch over first.</summary>
    public bool TryAdd(StoredOutcome line, bool byVisitor)
    {
        if (Count == 0)
        {
            (Content, Task, width) = (line.Content, line.Task, line.Probabilities.Length);
        }
        else if (Count == MaxRows || line.Content != Content || line.Task != Task || line.Probabilities.Length != width)
        {
            return false;
        }

        if (probabilities.Length < (Count + 1) * width)
        {
            Array.Resize(ref probabilities, Math.Max(2 * probabilities.Length, 64 * width));
        }

        line.Probabilities.CopyTo(probabilities.AsSpan(Count * width));
        // No nonce is as small as a visitor's number.
        var row = OutcomeRow.Of(line);
        rows[Count++] = byVisitor && line.Visitor is > 0 and var visitor ? row with { Nonce = visitor } : row;
        return true;
    }

    public void Clear() => (Count, Damaged, Torn) = (0, 0, 0);
}
