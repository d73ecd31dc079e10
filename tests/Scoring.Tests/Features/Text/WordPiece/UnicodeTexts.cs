using System.Globalization;
using System.Text;
using ModelTool.Training.Fitting;
using Samples.Training;

namespace Scoring.Tests.Features.Text.WordPiece;

/// <summary>Strings, in UTF-16, of the kind that tells one normaliser from another.</summary>
internal static class UnicodeTexts
{
    private static readonly string[] Curated =
    [
        "a", "B", "word", "Word's", "É", "é", "e\u0301", "ß", "ẞ", "İ", "ı", "I\u0307", "K", "Å", "ŉ", "ǆ", "ΑΣ", "ΟΔΥΣΣΕΥΣ", "Σ", "ς", "σ", "'Σ", "Σ.", "·", "\u0345", "ᾳ", "ΐ",
        "Йод", "ё", "שָׁלוֹם", "مُحَمَّد", "ﷺ", "हिन्दी", "कि", "ไทย", "ខ្មែរ", "မြန်မာ", "日本語", "漢字", "豈", "㐀", "𠀀", "𪜀", "丽", "ｶﾞ", "が", "한국어", "각", "ᄀ", "ᅡ", "ᆨ",
        "🙂", "👨‍👩‍👧", "🏳️‍🌈", "🇩🇪", "1️⃣", "𝔘𝔫", "𐐀", "²", "½", "Ⅷ", "ⅷ", "①", "ﬁ", "€", "™", "℃", "≠", "`", "\u1FEF", "\u037E", "\u2000", "\u3000", "…", "—", "«", "¿", "、", "。",
        "[CLS]", "[SEP]", "[UNK]", "[MASK]", "[PAD]", "[sep]", "[[SEP]]", "[CLS", "##ing", "C++", "a_b", "foo-bar", "x@y.z", "1,234.5", "http://a.b/c?d=e",
        " ", "  ", "\t", "\n", "\r\n", "\0", "\u0001", "\u007F", "\u0085", "\u00A0", "\u00AD", "\u061C", "\u115F", "\u180E", "\u200B", "\u200D", "\u200E", "\u2028", "\u202E", "\u2060",
        "\uD800", "\uDC00", "\uE000", "\uFEFF", "\uFFFD", "\uFFFE", "\uFFFF", "\U000E0001", "\U000F0000", "\U0010FFFF", "\u0300\u0316", "\u0903", "\u20DD", "\u0E33", "\uFE0F",
    ];

    /// <summary>A string of up to forty pieces: curated ones, characters from anywhere, runs that are too long for a word.</summary>
    public static string Draw(SeededRandom random)
    {
        var text = new StringBuilder();
        for (var count = random.Next(40); count > 0; count--)
        {
            switch (random.Next(12))
            {
                case 0:
                    text.Append(Anywhere(random, 0x10FFFF));
                    break;
                case 1:
                    text.Append(Anywhere(random, 0x2FFF));
                    break;
                case 2:
                    text.Append((char)random.Next(0x100));
                    break;
                case 3 when random.Next(8) == 0:
                    text.Append(Curated[random.Next(Curated.Length)][0], 95 + random.Next(10));
                    break;
                default:
                    text.Append(Curated[random.Next(Curated.Length)]);
                    break;
            }

            if (random.Next(4) == 0)
            {
                text.Append(' ');
            }
        }

        return text.ToString();
    }

    /// <summary>Whether Unicode, as .NET knows it, gives this character a meaning.</summary>
    public static bool IsKnown(int point) => CharUnicodeInfo.GetUnicodeCategory(point) != UnicodeCategory.OtherNotAssigned;

    // Half surrogate pairs come from the curated ones.
    private static string Anywhere(SeededRandom random, int last)
    {
        var point = random.Next(last + 1);
        return Rune.TryCreate(point, out var rune) && IsKnown(point) ? rune.ToString() : "";
    }
}
