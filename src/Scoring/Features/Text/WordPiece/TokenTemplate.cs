namespace Scoring.Features.Text.WordPiece;

/// <summary>The ids around one text or two: <c>[CLS] A [SEP]</c>, <c>[CLS] A [SEP] B [SEP]</c>.</summary>
/// <param name="Before">Ids before the first text.</param>
/// <param name="Between">Ids between two texts; none for one.</param>
/// <param name="After">Ids at the end.</param>
/// <param name="First">How many of <paramref name="Between"/> have the type 0 of the first text, while what follows has the type 1; null where all have the type 0.</param>
internal sealed record TokenTemplate(int[] Before, int[] Between, int[] After, int? First)
{
    /// <summary>Count of its ids.</summary>
    public int Count => Before.Length + Between.Length + After.Length;

    /// <summary>Writes special ids, as many as there is room for: a model's fixed width may be less than they need.</summary>
    /// <returns>The index after them.</returns>
    public static int Put(int[] special, Span<long> ids, int end)
    {
        foreach (var id in special)
        {
            if (end < ids.Length)
            {
                ids[end++] = id;
            }
        }

        return end;
    }

    /// <summary>How many ids of each of two texts there is room for: the longer loses first, until both are equally long.</summary>
    public static (int First, int Second) Share(int first, int second, int room)
    {
        if (first + second <= room)
        {
            return (first, second);
        }

        var least = room / 2;
        return first <= second
            ? (Math.Min(first, least), room - Math.Min(first, least))
            : (room - Math.Min(second, least), Math.Min(second, least));
    }
}
