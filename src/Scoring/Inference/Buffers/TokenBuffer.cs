using System.Numerics;
using Scoring.Configuration;

namespace Scoring.Inference.Buffers;

/// <summary>Rows of token ids, each as long as its text; a long text may be several rows, its windows.</summary>
internal sealed class TokenBuffer(ValueSpec spec, TokenInputs inputs) : PaddedBuffer(spec)
{
    private const int NarrowestClass = 8;

    private readonly List<TokenMarkBuffer> marks = [];
    private readonly List<int> ends = [];
    private readonly List<TokenRow> pending = [];
    private long[] ids = [];
    private TokenRow[] rows = new TokenRow[16];
    private byte[] prefixed = [];

    /// <summary>Most ids of a row: the model's fixed width, or no limit.</summary>
    public int MaxIds { get; } = spec.Dimensions[1].IsDynamic ? int.MaxValue : (int)spec.Dimensions[1].Size;

    /// <summary>How the outputs of several rows become those of their instance; null where each instance is one row.</summary>
    public WindowPooling? Pooling => inputs.Pooling;

    /// <summary>Whether rows are filled up before their ids.</summary>
    public bool PadsLeft => inputs.PadsLeft;

    /// <summary>For each instance the index after its last row.</summary>
    public IReadOnlyList<int> Ends => ends;

    /// <summary>Ids of all rows.</summary>
    public int IdCount => Count == 0 ? 0 : rows[Count - 1].End;

    /// <summary>UTF-8 that stands before every text written from now on; empty for none. Ids that the caller made, and pairs, have none.</summary>
    public byte[] Prefix { get; set; } = [];

    /// <summary>Rows of the instance that was ended last.</summary>
    public int PendingRows => pending.Count;

    /// <summary>The next power of two at or above the width: within it, merging requests gains about the same.</summary>
    public override long RowElements => Count == 0 ? 0 : BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, Width));

    /// <summary>Ids of a row in a run of all rows: as many as the model takes, or as the longest has.</summary>
    public int Width => MaxIds < int.MaxValue ? MaxIds : Longest(0, Count);

    private int Used => pending.Count > 0 ? pending[^1].End : Count == 0 ? 0 : rows[Count - 1].End;

    /// <summary>The row at an index.</summary>
    public TokenRow this[int row] => rows[row];

    /// <summary>Has another input marked in step with this one.</summary>
    public void Add(TokenMarkBuffer buffer) => marks.Add(buffer);

    /// <summary>A text behind the prefix. Valid until the next call.</summary>
    public ReadOnlySpan<byte> WithPrefix(ReadOnlySpan<byte> text)
    {
        if (Prefix.Length == 0)
        {
            return text;
        }

        if (prefixed.Length < Prefix.Length + text.Length)
        {
            prefixed = new byte[Math.Max(2 * prefixed.Length, Prefix.Length + text.Length)];
        }

        Prefix.CopyTo(prefixed, 0);
        text.CopyTo(prefixed.AsSpan(Prefix.Length));
        return prefixed.AsSpan(0, Prefix.Length + text.Length);
    }

    /// <summary>Room for the ids of an instance of one row, as wide as asked for or as the model takes. Undefined until written.</summary>
    public Span<long> Reserve(int most)
    {
        Begin();
        return Room(Math.Min(most, MaxIds));
    }

    /// <summary>Ends the instance whose ids were written into the room reserved.</summary>
    /// <param name="length">Ids that were written.</param>
    /// <param name="secondStart">Index of the first id of a pair's second text; <paramref name="length"/> where there is none.</param>
    /// <param name="truncated">Whether the text was longer.</param>
    public void End(int length, int secondStart, bool truncated)
    {
        pending.Add(new TokenRow(Used, Used + length, Used + secondStart, truncated));
        End();
    }

    /// <summary>Begins an instance of several rows.</summary>
    public void Begin() => pending.Clear();

    /// <summary>One more row of the instance, to be written over its whole length.</summary>
    public Span<long> Extend(int length)
    {
        var room = Room(length);
        pending.Add(new TokenRow(Used, Used + length, Used + length, IsTruncated: false));
        return room;
    }

    /// <summary>Ends an instance of several rows.</summary>
    /// <param name="truncated">Whether the text was longer.</param>
    public void End(bool truncated)
    {
        pending[^1] = pending[^1] with { IsTruncated = truncated };
        End();
    }

    /// <summary>True when an instance's text was longer than what was read of it.</summary>
    public bool IsTruncated(int instance) => rows[ends[instance] - 1].IsTruncated;

    /// <summary>Ids of an instance, of all its windows.</summary>
    public int LengthOf(int instance) => rows[ends[instance] - 1].End - rows[instance == 0 ? 0 : ends[instance - 1]].Start;

    /// <summary>The instance that a row belongs to.</summary>
    public int InstanceOf(int row)
    {
        var index = ends.BinarySearch(row + 1);
        return index < 0 ? ~index : index;
    }

    /// <inheritdoc/>
    public override void Commit()
    {
        foreach (var row in pending)
        {
            if (Count == rows.Length)
            {
                Array.Resize(ref rows, rows.Length * 2);
            }

            rows[Count] = row;
            base.Commit();
        }

        ends.Add(Count);
    }

    /// <summary>
    /// Whether rows of another batch may stand in one run with these: each an instance of its own, and of one width, or of one class of width where a mask tells padding from ids.
    /// </summary>
    public override bool GoesWith(InputBuffer other)
        => base.GoesWith(other)
            || (other is TokenBuffer texts && Count > 0 && texts.Count > 0 && Count == ends.Count && texts.Count == texts.ends.Count && IsLike(Width, texts.Width));

    /// <inheritdoc/>
    public override void Take(InputBuffer other)
    {
        var texts = (TokenBuffer)other;
        var start = Used;
        texts.ids.AsSpan(0, texts.Used).CopyTo(Room(texts.Used));
        if (rows.Length < Count + texts.Count)
        {
            Array.Resize(ref rows, Math.Max(rows.Length * 2, Count + texts.Count));
        }

        for (var row = 0; row < texts.Count; row++)
        {
            var (first, end, secondStart, isTruncated) = texts.rows[row];
            rows[Count + row] = new TokenRow(start + first, start + end, start + secondStart, isTruncated);
            ends.Add(Count + row + 1);
        }

        base.Take(other);
    }

    /// <inheritdoc/>
    public override void Clear()
    {
        ends.Clear();
        pending.Clear();
        base.Clear();
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
    protected override int MaxRow(int first, int count) => Longest(first, count);

    /// <inheritdoc/>
    protected override void Fill(int row, Span<long> padded)
    {
        var (start, end, _, _) = rows[row];
        var first = PadsLeft ? padded.Length - (end - start) : 0;
        padded[..first].Fill(inputs.PaddingId);
        ids.AsSpan(start, end - start).CopyTo(padded[first..]);
        padded[(first + end - start)..].Fill(inputs.PaddingId);
    }

    private bool IsLike(int width, int other) => width == other || (inputs.AttentionMask >= 0 && WidthClass(width) == WidthClass(other));

    // Each power of two has four classes, such as 9–10, 11–12, 13–14 and 15–16. So padding a row to the longest of its class adds less than a quarter. Rows of up to eight ids are one class.
    private static int WidthClass(int width)
    {
        if (width <= NarrowestClass)
        {
            return NarrowestClass;
        }

        var step = 1 << (BitOperations.Log2((uint)(width - 1)) - 2);
        return (width + step - 1) / step * step;
    }

    private Span<long> Room(int length)
    {
        if (ids.Length - Used < length)
        {
            Array.Resize(ref ids, Math.Max(Math.Max(256, ids.Length * 2), checked(Used + length)));
        }

        return ids.AsSpan(Used, length);
    }

    private void End()
    {
        HasPending = true;
        foreach (var mark in marks)
        {
            mark.Follow();
        }
    }
}
