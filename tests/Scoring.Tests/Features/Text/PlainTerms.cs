using System.Globalization;
using System.Text;
using Scoring.Configuration;
using Scoring.Features.Text;

namespace Scoring.Tests.Features.Text;

/// <summary>What <see cref="TermScanner"/> must find, written plainly over strings; words are expected to be short.</summary>
internal static class PlainTerms
{
    public static List<string> Of(byte[] text, WordsConfig config)
    {
        var words = Words(Encoding.UTF8.GetString(text), config.Lowercase);
        var terms = new List<string>();
        for (var last = 0; last < words.Count; last++)
        {
            for (var count = 1; count <= config.WordNgrams && count <= last + 1; count++)
            {
                terms.Add(string.Join(' ', words[(last - count + 1)..(last + 1)]));
            }

            if (config.CharacterNgrams is { } range)
            {
                var runes = $" {words[last]} ".EnumerateRunes().Select(rune => rune.ToString()).ToArray();
                for (var start = 0; start < runes.Length; start++)
                {
                    for (var count = range.Min; count <= range.Max && start + count <= runes.Length; count++)
                    {
                        terms.Add("#" + string.Concat(runes[start..(start + count)]));
                    }
                }
            }
        }

        return terms;
    }

    private static List<string> Words(string text, bool lowercase)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            // Decoding puts U+FFFD, a symbol, in the place of invalid bytes.
            if (CharUnicodeInfo.GetUnicodeCategory(rune.Value) is >= UnicodeCategory.UppercaseLetter and <= UnicodeCategory.OtherNumber)
            {
                word.Append(lowercase ? Rune.ToLowerInvariant(rune) : rune);
            }
            else if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }

        return word.Length > 0 ? [.. words, word.ToString()] : words;
    }
}
