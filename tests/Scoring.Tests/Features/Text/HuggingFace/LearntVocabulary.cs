using System.Text;
using System.Text.RegularExpressions;

namespace Scoring.Tests.Features.Text.HuggingFace;

/// <summary>Vocabularies learnt from texts: byte pairs merged by their counts, pieces by their frequency. Small, and the same each time.</summary>
internal static partial class LearntVocabulary
{
    private const int MostWords = 4000;

    /// <summary>The 256 characters that stand for bytes, in the order of the bytes, as GPT-2 has them.</summary>
    public static readonly string[] ByteCharacters = MakeByteCharacters();

    /// <summary>The words of byte-level tokenizers and how often they come, a blank before a word as part of it.</summary>
    public static KeyValuePair<string, int>[] ByteWords(IEnumerable<string> texts) => Frequent(
        texts.SelectMany(text => ByteWord().Matches(text)).Select(match => string.Concat(Encoding.UTF8.GetBytes(match.Value).Select(value => ByteCharacters[value]))));

    /// <summary>The words between blanks and how often they come.</summary>
    public static KeyValuePair<string, int>[] Words(IEnumerable<string> texts, string before = "")
        => Frequent(texts.SelectMany(text => text.Split([' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries)).Select(word => before + word));

    /// <summary>The most frequent pairs of neighbours, merged one after the other.</summary>
    /// <param name="words">Words and counts.</param>
    /// <param name="count">Merges.</param>
    /// <param name="suffix">What ends a word, as part of its last character.</param>
    public static (string Left, string Right)[] Merges(KeyValuePair<string, int>[] words, int count, string suffix = "")
    {
        var split = words.Select(word => (Parts: Characters(word.Key, suffix), Count: word.Value)).ToArray();
        var merges = new List<(string, string)>(count);
        for (; count > 0; count--)
        {
            var pairs = new Dictionary<(string, string), int>();
            foreach (var (parts, times) in split)
            {
                for (var index = 1; index < parts.Count; index++)
                {
                    pairs[(parts[index - 1], parts[index])] = pairs.GetValueOrDefault((parts[index - 1], parts[index])) + times;
                }
            }

            if (pairs.Count == 0)
            {
                break;
            }

            var (left, right) = pairs.MaxBy(pair => (pair.Value, pair.Key.Item1, pair.Key.Item2), Comparer<(int, string, string)>.Create(Compare)).Key;
            merges.Add((left, right));
            foreach (var (parts, _) in split)
            {
                for (var index = 1; index < parts.Count; index++)
                {
                    if (parts[index - 1] == left && parts[index] == right)
                    {
                        parts[index - 1] += right;
                        parts.RemoveAt(index);
                    }
                }
            }
        }

        return [.. merges];
    }

    /// <summary>Characters and pieces of words with the logarithm of their frequency.</summary>
    public static (string Piece, double Score)[] Pieces(KeyValuePair<string, int>[] words, int count)
    {
        var pieces = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (word, times) in words)
        {
            for (var start = 0; start < word.Length; start++)
            {
                for (var end = start + 1; end <= Math.Min(word.Length, start + 7); end++)
                {
                    if (!char.IsLowSurrogate(word[start]) && !char.IsHighSurrogate(word[end - 1]))
                    {
                        pieces[word[start..end]] = pieces.GetValueOrDefault(word[start..end]) + ((long)times * (end - start));
                    }
                }
            }
        }

        double total = pieces.Values.Sum();
        return [.. pieces.OrderByDescending(piece => piece.Key.Length == 1).ThenByDescending(piece => piece.Value).ThenBy(piece => piece.Key, StringComparer.Ordinal)
            .Take(count).Select(piece => (piece.Key, Math.Round(Math.Log(piece.Value / total), 6)))];
    }

    private static KeyValuePair<string, int>[] Frequent(IEnumerable<string> words)
        => [.. words.CountBy(word => word).OrderByDescending(word => word.Value).ThenBy(word => word.Key, StringComparer.Ordinal).Take(MostWords)];

    private static List<string> Characters(string word, string suffix)
    {
        var characters = word.EnumerateRunes().Select(rune => rune.ToString()).ToList();
        characters[^1] += suffix;
        return characters;
    }

    private static int Compare((int Count, string Left, string Right) first, (int Count, string Left, string Right) second)
    {
        var order = first.Count.CompareTo(second.Count);
        order = order != 0 ? order : string.CompareOrdinal(second.Left, first.Left);
        return order != 0 ? order : string.CompareOrdinal(second.Right, first.Right);
    }

    // Bytes that print stand for themselves, the others for characters from U+0100.
    private static string[] MakeByteCharacters()
    {
        var others = 0;
        return [.. Enumerable.Range(0, 0x100).Select(value => ((char)(value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? value : 0x100 + others++)).ToString())];
    }

    [GeneratedRegex(@" ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    private static partial Regex ByteWord();
}
