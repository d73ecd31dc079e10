namespace Scoring.Inference.Buffers;

/// <summary>Rows of token ids, each as long as its text.</summary>
internal sealed class TokenBuffer(ValueSpec spec, long paddingId) : PaddedBuffer(spec)
{
    private readonly List<TokenMarkBuffer> marks = [];
    private long[] ids = [];
    private TokenRow[] rows = new TokenRow[16];
    private TokenRow pending;

    /// <summary>Most ids of a row: the model's fixed width, or no limit.</summary>
    public int MostIds { get; } = spec.Dimensions[1].IsDynamic ? int.MaxValue : (int)spec.Dimensions[1].Size;

    private int Used => Count == 0 ? 0 : rows[Count - 1].End;

    /// <summary>The row at an index.</summary>
    public TokenRow this[int row] => rows[row];

    /// <summary>Has another input marked in step with this one.</summary>
    public void Add(TokenMarkBuffer buffer) => marks.Add(buffer);

    /// <summary>Room for the ids of the row being written, as wide as asked for or as the model takes. Undefined until written.</summary>
    public Span<long> Reserve(int most)
    {
        var room = Math.Min(most, MostIds);
        if (ids.Length - Used < room)
        {
            Array.Resize(ref ids, Math.Max(Math.Max(256, ids.Length * 2), checked(Used + room)));
        }

        return ids.AsSpan(Used, room);
    }

    /// <summary>Ends the row being written.</summary>
    /// <param name="length">Ids that were written into the room reserved.</param>
    /// <param name="secondStart">Index of the first id of a pair's second text; <paramref name="length"/> where there is none.</param>
    /// <param name="truncated">Whether the text was longer.</param>
    public void End(int length, int secondStart, bool truncated)
    {
        pending = new TokenRow(Used, Used + length, Used + secondStart, truncated);
        HasPending = true;
        foreach (var mark in marks)
        {
            mark.Follow();
        }
    }

    /// <inheritdoc/>
    public override void Commit()
    {
        if (Count == rows.Length)
        {
            Array.Resize(ref rows, rows.Length * 2);
        }

        rows[Count] = pending;
        base.Commit();
    }

    /// <summary>The longest of the rows.</summary>
    public int Longest(int first, int count)
    {
        var longest = 0;
        foreach (var row in rows.AsSpan(first, count))
        {
            longest = Math.Max(longest, row.Length);
        }

        return longest;
    }

    /// <inheritdoc/>
    protected override int LongestRow(int first, int count) => Longest(first, count);

    /// <inheritdoc/>
    protected override void Fill(int row, Span<long> padded)
    {
        var (start, end, _, _) = rows[row];
        ids.AsSpan(start, end - start).CopyTo(padded);
        padded[(end - start)..].Fill(paddingId);
    }
}
