using ModelTool.Training.Fitting;

namespace Scoring.Tests.Tooling.Training;

/// <summary>Texts that a seed makes up: words that all labels share, and in each text some of its label's own, of which its neighbours have a part.</summary>
internal static class MadeUpTexts
{
    private const int Shared = 400;

    /// <summary>Texts of so many words with their labels.</summary>
    /// <param name="labels">How many labels.</param>
    /// <param name="each">Texts of each.</param>
    /// <param name="words">Words of a text.</param>
    /// <param name="own">How many of them are the label's.</param>
    /// <param name="seed">Of everything.</param>
    public static List<(string Text, string Label)> Make(int labels, int each, int words, int own, ulong seed)
    {
        var random = new SeededRandom(seed);
        var texts = new List<(string Text, string Label)>();
        for (var index = 0; index < labels * each; index++)
        {
            var label = index % labels;
            string[] text =
            [
                .. Enumerable.Range(0, words - own).Select(_ => Word(random.Next(Shared))),

                // Ten words a label; the last four are the first four of the next.
                .. Enumerable.Range(0, own).Select(_ => Word(Shared + (((label * 6) + random.Next(10)) % (labels * 6)))),
            ];
            random.Shuffle<string>(text);
            texts.Add((string.Join(' ', text), $"label {label}"));
        }

        return texts;
    }

    /// <summary>The same as a CSV file with the columns <c>body</c> and <c>topic</c>.</summary>
    public static string WriteCsv(string path, IEnumerable<(string Text, string Label)> texts)
    {
        File.WriteAllLines(path, texts.Select(row => $"\"{row.Text}\",{row.Label}").Prepend("body,topic"));
        return path;
    }

    // Pronounceable and unlike each other, so that characters say something too.
    private static string Word(int index)
    {
        const string consonants = "bdfgklmnprstvz", vowels = "aeiou";
        var word = "";
        for (var rest = index + 71; rest > 0; rest /= 70)
        {
            word += $"{consonants[rest % 14]}{vowels[rest / 14 % 5]}";
        }

        return word;
    }
}
