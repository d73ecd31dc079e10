namespace Scoring.Outcomes.Reading;

/// <summary>One row a receipt, the last that came in, found by its nonce. Grows in pieces, so that no growth copies the rows: 64 bytes a receipt, and 6 to 12 for the index. One caller at a time.</summary>
/// <param name="withProbabilities">Whether the probabilities of each row are kept beside it.</param>
internal sealed class OutcomeTable(bool withProbabilities)
{
    private const int PieceBits = 14;
    private const int PieceLength = 1 << PieceBits;

    private readonly List<OutcomeRow[]> rows = [];
    private readonly List<float[]> probabilities = [];

    // Of each slot the index of a row, plus one; 0 is free.
    private int[] slots = new int[1 << 10];

    /// <summary>Receipts.</summary>
    public int Count { get; private set; }

    /// <summary>Labels of each row; 0 before the first.</summary>
    public int Width { get; private set; }

    /// <summary>A row.</summary>
    public ref OutcomeRow this[int index] => ref rows[index >> PieceBits][index & (PieceLength - 1)];

    /// <summary>The probabilities of a row, in the order of the labels; only where they are kept.</summary>
    public Span<float> Probabilities(int index) => probabilities[index >> PieceBits].AsSpan((index & (PieceLength - 1)) * Width, Width);

    /// <summary>Takes a row, unless its receipt has a later one.</summary>
    /// <param name="row">The row.</param>
    /// <param name="scores">Its probabilities.</param>
    /// <returns>False where they are not as many as those of the rows before: nothing is taken.</returns>
    public bool TryAdd(in OutcomeRow row, ReadOnlySpan<float> scores)
    {
        if (Count == 0)
        {
            Width = scores.Length;
        }
        else if (scores.Length != Width)
        {
            return false;
        }

        if (Count >= slots.Length / 3 * 2)
        {
            Grow();
        }

        var slot = SlotOf(row.Nonce);
        var index = slots[slot] - 1;
        if (index < 0)
        {
            index = Append();
            slots[slot] = Count;
        }
        else if (!row.Replaces(this[index]))
        {
            return true;
        }

        this[index] = row;
        if (withProbabilities)
        {
            scores.CopyTo(Probabilities(index));
        }

        return true;
    }

    private int Append()
    {
        var index = Count++;
        if (index >> PieceBits == rows.Count)
        {
            rows.Add(new OutcomeRow[PieceLength]);
            if (withProbabilities)
            {
                probabilities.Add(new float[PieceLength * Width]);
            }
        }

        return index;
    }

    private void Grow()
    {
        slots = new int[slots.Length * 2];
        for (var index = 0; index < Count; index++)
        {
            slots[SlotOf(this[index].Nonce)] = index + 1;
        }
    }

    // The greatest bits of a product depend on all bits of what was multiplied (Knuth, volume 3, 6.4).
    private int SlotOf(UInt128 nonce)
    {
        var mixed = ((ulong)(nonce >> 64) ^ (ulong)nonce) * 0x9E3779B97F4A7C15;
        var slot = (int)(mixed >> 40) & (slots.Length - 1);
        while (slots[slot] != 0 && this[slots[slot] - 1].Nonce != nonce)
        {
            slot = (slot + 1) & (slots.Length - 1);
        }

        return slot;
    }
}
