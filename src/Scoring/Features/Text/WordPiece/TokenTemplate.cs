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
}
