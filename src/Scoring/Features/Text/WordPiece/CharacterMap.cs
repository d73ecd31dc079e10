using System.Globalization;
using System.Text;

namespace Scoring.Features.Text.WordPiece;

/// <summary>
/// What becomes of each character under a set of rules, looked up in pages of 256 that are made when first asked for. Thread safe.
/// </summary>
internal sealed class CharacterMap(CharacterRules rules)
{
    private const int PageBits = 8;
    private const int KindShift = 24;
    private const int PointMask = (1 << KindShift) - 1;
    private const int CapitalSigma = 0x3A3;
    private const int DottedCapitalI = 0x130;

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
    public static CharacterKind Classify(int point) => IsSpace(point) ? CharacterKind.Space : IsPunctuation(point) ? CharacterKind.Alone : CharacterKind.Letter;

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
        if (rules.CleanText && IsCleaned(point))
        {
            return (CharacterKind.Dropped, point);
        }

        if (IsSpace(point))
        {
            return (CharacterKind.Space, point);
        }

        if (rules.Lowercase && point == CapitalSigma)
        {
            return (CharacterKind.Sigma, point);
        }

        var isAlone = rules.SplitIdeographs && IsIdeograph(point);
        var lower = rules.Lowercase ? Lower(point) : [point];
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

    // The one letter whose lower case is two characters wherever it stands.
    private static int[] Lower(int point) => point switch
    {
        DottedCapitalI => ['i', 0x307],
        _ when Rune.TryCreate(point, out var rune) => [Rune.ToLowerInvariant(rune).Value],
        _ => [point],
    };

    private static bool IsCleaned(int point) => point switch
    {
        '\t' or '\n' or '\r' => false,
        0xFFFD => true,
        _ => CharUnicodeInfo.GetUnicodeCategory(point) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate,
    };

    private static bool IsSpace(int point) => point is (>= '\t' and <= '\r') or 0xFEFF
        || CharUnicodeInfo.GetUnicodeCategory(point) is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static bool IsPunctuation(int point) => point < 0x80
        ? point is > ' ' and < 0x7F && !char.IsAsciiLetterOrDigit((char)point)
        : CharUnicodeInfo.GetUnicodeCategory(point) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation;

    // The blocks that BERT counts as Chinese; Hangul, Hiragana and Katakana are not among them.
    private static bool IsIdeograph(int point) => point is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B820 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
