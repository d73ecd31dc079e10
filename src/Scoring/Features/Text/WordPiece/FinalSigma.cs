using System.Globalization;
using System.Text;

namespace Scoring.Features.Text.WordPiece;

/// <summary>Whether a capital sigma ends its word, and so becomes ς rather than σ: the condition Final_Sigma of the Unicode Standard, section 3.13.</summary>
internal static class FinalSigma
{
    /// <summary>True when a cased letter stands before the sigma and none after it, characters that case ignores between them aside.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="start">Index of the sigma's first byte.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="cleanText">Whether what cleaning drops is passed over.</param>
    public static bool Is(ReadOnlySpan<byte> text, int start, int length, bool cleanText)
    {
        var before = text[..start];
        while (Rune.DecodeLastFromUtf8(before, out var rune, out var consumed) == System.Buffers.OperationStatus.Done && IsIgnored(rune, cleanText))
        {
            before = before[..^consumed];
        }

        Rune.DecodeLastFromUtf8(before, out var last, out _);
        if (before.IsEmpty || !IsCased(last))
        {
            return false;
        }

        var after = text[(start + length)..];
        while (Rune.DecodeFromUtf8(after, out var rune, out var consumed) == System.Buffers.OperationStatus.Done && IsIgnored(rune, cleanText))
        {
            after = after[consumed..];
        }

        Rune.DecodeFromUtf8(after, out var next, out _);
        return after.IsEmpty || !IsCased(next);
    }

    // Case_Ignorable: these categories, and what word breaking calls MidLetter, MidNumLet and Single_Quote.
    private static bool IsIgnored(Rune rune, bool cleanText) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol => true,
        UnicodeCategory.Control => cleanText && rune.Value is not ('\t' or '\n' or '\r'),
        UnicodeCategory.PrivateUse => cleanText,
        _ => rune.Value switch
        {
            '\'' or '.' or ':' or 0xB7 or 0x387 or 0x55F or 0x5F4 or 0x2018 or 0x2019 or 0x2024 or 0x2027 or 0xFE13 or 0xFE52 or 0xFE55 or 0xFF07 or 0xFF0E or 0xFF1A => true,
            0xFFFD => cleanText,
            _ => false,
        },
    };

    // Cased: letters with case, and what Unicode lists as Other_Lowercase and Other_Uppercase.
    private static bool IsCased(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        || rune.Value is 0xAA or 0xBA or (>= 0x2160 and <= 0x217F) or (>= 0x24B6 and <= 0x24E9)
            or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);
}
