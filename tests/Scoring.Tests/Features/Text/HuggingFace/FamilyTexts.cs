using System.Text;
using ModelTool.Training.Fitting;
using Scoring.Tests.Features.Text.WordPiece;

namespace Scoring.Tests.Features.Text.HuggingFace;

/// <summary>Texts that tests of tokenizers share.</summary>
internal static class FamilyTexts
{
    private static readonly string[] Words =
        ["the", "package", "provides", "a", "library", "for", "reading", "files", "it's", "fast", "and", "small", "1.2.3", "Überraschung", "naïve", "日本語", "don't", "(beta)"];

    /// <summary>Sentences of a few words.</summary>
    public static string[] Sentences(int count)
    {
        var random = new SeededRandom(5);
        return [.. Enumerable.Range(0, count).Select(_ => string.Join(' ', Enumerable.Range(0, 5 + random.Next(30)).Select(_ => Words[random.Next(Words.Length)])))];
    }

    /// <summary>Difficult Unicode; half surrogate pairs are U+FFFD, which they become in JSON.</summary>
    public static IEnumerable<string> Nasty(int count)
    {
        var random = new SeededRandom(71);
        return Enumerable.Range(0, count).Select(_ => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(UnicodeTexts.Draw(random))));
    }

    /// <summary>Longer than what is read at once: words, white space, one word, one character.</summary>
    public static string[] Long() =>
    [
        string.Concat(Enumerable.Range(0, 3000).Select(number => $"word{number} and so on, ")), new string(' ', 30_000) + "end", new string('a', 30_000), string.Concat(Enumerable.Repeat("日本語のテキスト", 3000)),
        string.Concat(Enumerable.Repeat("e\u0301", 9000)), string.Concat(Enumerable.Repeat("\n \t", 9000)) + "x", new string('7', 20_000), string.Concat(Enumerable.Repeat("👩‍👩‍👧‍👦", 2000)),
    ];
}
