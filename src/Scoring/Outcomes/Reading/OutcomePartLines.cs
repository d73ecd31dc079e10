namespace Scoring.Outcomes.Reading;

/// <summary>Cuts a part of a file into lines and hands what they say to a reading. One caller at a time.</summary>
/// <param name="part">The part.</param>
/// <param name="start">Offset of the first byte that is taken.</param>
/// <param name="reading">Where lines go.</param>
internal sealed class OutcomePartLines(OutcomePart part, long start, OutcomeReading reading)
{
    private readonly OutcomeBatch batch = new();
    private readonly StoredOutcome line = new();
    private long position = start;
    private bool isSkipping = part.Start > 0;
    private bool isTooLong;

    /// <summary>True once a line begins behind the part's end.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Takes whole lines.</summary>
    /// <param name="bytes">What follows the bytes that were taken before.</param>
    /// <param name="isFull">True where no more will fit: a line without an end among them is too long, and is passed over.</param>
    /// <returns>Bytes taken.</returns>
    public int Take(ReadOnlySpan<byte> bytes, bool isFull)
    {
        var taken = 0;
        while (!IsOver)
        {
            var end = bytes[taken..].IndexOf((byte)'\n');
            if (end < 0)
            {
                if (isFull && taken == 0)
                {
                    isTooLong = true;
                    position += bytes.Length;
                    return bytes.Length;
                }

                return taken;
            }

            TakeLine(bytes.Slice(taken, end), isLast: false);
            taken += end + 1;
            position += end + 1;
            IsOver = position >= part.End;
        }

        return taken;
    }

    /// <summary>Takes what is left at the end of the file: a last line without an end.</summary>
    public void TakeRest(ReadOnlySpan<byte> bytes)
    {
        var taken = Take(bytes, isFull: false);
        if (!IsOver)
        {
            TakeLine(bytes[taken..], isLast: true);
        }
    }

    /// <summary>Hands over what is still held.</summary>
    public void HandOver()
    {
        reading.Add(part.File, batch);
        batch.Clear();
    }

    private void TakeLine(ReadOnlySpan<byte> bytes, bool isLast)
    {
        if (isSkipping)
        {
            // It began in the part before.
            (isSkipping, isTooLong) = (false, false);
            return;
        }

        bytes = bytes.TrimEnd(" \r"u8);
        if (isTooLong || (bytes.Length > 0 && !line.TryRead(bytes)))
        {
            isTooLong = false;
            (batch.Damaged, batch.Torn) = isLast ? (batch.Damaged, batch.Torn + 1) : (batch.Damaged + 1, batch.Torn);
        }
        else if (bytes.Length > 0 && reading.Takes(line) && !batch.TryAdd(line, reading.Query.ByVisitor))
        {
            HandOver();
            batch.TryAdd(line, reading.Query.ByVisitor);
        }
    }
}
