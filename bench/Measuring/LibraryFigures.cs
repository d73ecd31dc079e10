using System.Globalization;
using System.Text;
using Scoring.Bench.Reporting;
using Scoring.Configuration;
using Scoring.Features.Text;
using Scoring.Tests.Features.Text.HuggingFace;

namespace Scoring.Bench.Measuring;

/// <summary>What tokenizers cost that Hugging Face's library serves, beside our own WordPiece on the same texts, and by several threads at once.</summary>
internal sealed class LibraryFigures(ITextTokenizer pieces, string[] texts)
{
    private const int RoundCount = 11;
    private const int ThreadCount = 8;

    /// <summary>Measures each family in turn.</summary>
    public IEnumerable<Figure> Measure(TextWriter output, CancellationToken cancellationToken)
    {
        var utf8 = Array.ConvertAll(texts, Encoding.UTF8.GetBytes);
        foreach (var (family, name) in new[] { ("roberta", "byte-level BPE"), ("xlm-roberta", "Unigram"), ("wordlevel", "WordLevel") })
        {
            var folder = Directory.CreateTempSubdirectory("scoring-bench-");
            File.WriteAllText(Path.Combine(folder.FullName, "tokenizer.json"), TokenizerFamily.Create(family, texts).ToJsonString());
            var library = TextTokenizers.Load(new HuggingFaceConfig { Vocabulary = "tokenizer.json", MaxTokens = 100_000 }, folder.FullName);
            folder.Delete(recursive: true);

            // By several threads each text is read as often as there are threads.
            var medians = Rounds.Medians(RoundCount, 1, [() => Read(library, utf8), () => Read(pieces, utf8), () => ReadAtOnce(library, utf8)], cancellationToken);
            (library as IDisposable)?.Dispose();
            var (perText, apiece) = (medians[0] / texts.Length / 1000, medians[2] / ThreadCount);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{name} by the library: {perText:F1} µs a text, {medians[0] / medians[1]:F1} times WordPiece's; {ThreadCount} threads do {medians[0] / apiece:F2} times as many texts as one"));
            yield return new($"{name} by Hugging Face's library, time of a text", "WordPiece of our own, the same texts", medians[0] / medians[1], "x", null)
            {
                Medians = new Dictionary<string, double> { ["libraryMicroseconds"] = perText, ["wordPieceMicroseconds"] = medians[1] / texts.Length / 1000 },
            };
            yield return new($"{name} by Hugging Face's library, texts of {ThreadCount} threads", "texts of one thread, in the same time", medians[0] / apiece, "x", null);
        }
    }

    private static void Read(ITextTokenizer tokenizer, byte[][] utf8)
    {
        var ids = new long[tokenizer.MaxTokens];
        Array.ForEach(utf8, text => tokenizer.Tokenize(text, ids, out _));
    }

    private static void ReadAtOnce(ITextTokenizer tokenizer, byte[][] utf8)
    {
        var threads = Enumerable.Range(0, ThreadCount).Select(_ => new Thread(() => Read(tokenizer, utf8))).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
    }
}
