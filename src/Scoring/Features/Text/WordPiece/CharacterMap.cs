namespace Scoring.Features.Text.WordPiece;

/// <summary>
/// What becomes of each character under a set of rules, looked up in pages of 256 that are made when first asked for. Thread safe.
/// </summary>
internal sealed class CharacterMap(CharacterRules rules)
{
    private const int PageBits = 8;
    private const int KindShift = 24;
    private const int PointMask = (1 << KindShift) - 1;

    private readonly int[]?[] pages = new int[]?[0x110000 >> PageBits];
    private readonly Lock gate = new();
    private volatile int[][] sequences = [];

    /// <summary>Looks a code point up.</summary>
    /// <param name="point">Any but a surrogate.</param>
    /// <param name="becomes">The code point that stands for it; for <see cref="CharacterKind.Several"/> what <see cref="Sequence"/> takes.</param>
    public CharacterKind Find(int point, out int becomes)
    {
        var page = pages[point >> PageBits] ?? Make(point >> PageBits);
        var entry = page[point & 0xFF];
        becomes = entry & PointMask;
        return (CharacterKind)(entry >> KindShift);
    }

    /// <summary>The code points of a character that becomes several; each is looked at by <see cref="Classify"/>.</summary>
    public int[] Sequence(int index) => sequences[index];

    /// <summary>What a character is once lower case and accents are dealt with.</summary>
    public static CharacterKind Classify(int point) => CharacterTable.IsSpace(point) ? CharacterKind.Space : CharacterTable.IsPunctuation(point) ? CharacterKind.Alone : CharacterKind.Letter;

    private int[] Make(int number)
    {
        var page = new int[1 << PageBits];
        lock (gate)
        {
            for (var index = 0; index < page.Length; index++)
            {
                var (kind, becomes) = Work((number << PageBits) + index);
                page[index] = ((int)kind << KindShift) | becomes;
            }

            return pages[number] ??= page;
        }
    }

    private (CharacterKind Kind, int Becomes) Work(int point)
    {
        if (rules.CleanText && CharacterTable.IsCleaned(point))
        {
            return (CharacterKind.Dropped, point);
        }

        if (CharacterTable.IsSpace(point))
        {
            return (CharacterKind.Space, point);
        }

        var isAlone = rules.SplitIdeographs && CharacterTable.IsIdeograph(point);
        var lower = rules.Lowercase ? CharacterTable.Lower(point) : [point];
        var parts = rules.StripAccents ? [.. lower.SelectMany(Accents.Strip)] : lower;
        switch (parts.Length)
        {
            case 0:
                return (CharacterKind.Dropped, point);
            case 1:
                return (isAlone ? CharacterKind.Alone : Classify(parts[0]), parts[0]);
            default:
                sequences = [.. sequences, parts];
                return (CharacterKind.Several, sequences.Length - 1);
        }
    }
}
