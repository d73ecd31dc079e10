using System.Globalization;
using System.Text;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;
using Scoring.Configuration;
using Scoring.Features.Text;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving;

namespace Scoring.Bench;

/// <summary>Tokenizing beside npm's tokenizer and a bare scan of the same bytes; Hugging Face's library, alone and by several threads; its share of a request; and what the cache of tokens saves.</summary>
internal sealed class TextBenchmark : IBenchmark
{
    private const int TextCount = 1000;
    private const int RoundCount = 31;

    // As many ids as the aim for the encoder is set by.
    private const int EncoderTokens = 128;
    private const int EncoderTexts = 8;

    public string Name => "text";

    public string Summary => "WordPiece beside npm's tokenizer and a bare scan, Hugging Face's library, tokenizing's share of a request, and the cache of tokens";

    public Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var (source, texts) = Descriptions.Read(TextCount);
        output.WriteLine($"{texts.Length} texts: {source}");
        var folder = Directory.CreateTempSubdirectory("scoring-bench-");
        try
        {
            PieceVocabulary.Write(Path.Combine(folder.FullName, "tokenizer.json"), texts);
            var pieces = TextTokenizers.Load(new WordPieceConfig { Vocabulary = "tokenizer.json", MaxTokens = 100_000 }, folder.FullName);
            var figures = new List<Figure>();
            figures.AddRange(Throughput(pieces, Path.Combine(folder.FullName, "tokenizer.json"), texts, output, cancellationToken));
            figures.AddRange(Shares(folder.FullName, texts, output, cancellationToken));
            figures.AddRange(new LibraryFigures(pieces, texts).Measure(output, cancellationToken));
            figures.AddRange(new TokenCacheFigures(pieces, texts).Measure(output, cancellationToken));
            return Task.FromResult<IReadOnlyList<Figure>>(figures);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<Figure> Throughput(ITextTokenizer pieces, string path, string[] texts, TextWriter output, CancellationToken cancellationToken)
    {
        var utf8 = Array.ConvertAll(texts, Encoding.UTF8.GetBytes);
        var bytes = utf8.Sum(text => (long)text.Length);
        var ids = new long[pieces.MaxTokens];
        var tokens = 0L;
        Action tokenize = () => tokens = utf8.Sum(text => (long)pieces.Tokenize(text, ids, out _));
        Action scan = () => Scan(utf8);
        if (TokenizerPeer.Install(Path.Combine(Rounds.Checkout(), "bench", "peers", "tokenizer")) is { } reason)
        {
            output.WriteLine($"npm's tokenizer is left out: {reason}");
            var alone = Rounds.Medians(RoundCount, 1, [tokenize, scan], cancellationToken);
            yield return Beside(alone[0], alone[1]);
            yield break;
        }

        // Node takes its own time; a call of ours stands on either side of each of its rounds.
        using var npm = TokenizerPeer.Start(Path.Combine(Rounds.Checkout(), "bench", "peers", "tokenizer"), path);
        var times = new List<double>();
        var count = 0;
        Action ask = () =>
        {
            var (duration, found) = npm.Time(texts);
            times.Add(duration.TotalNanoseconds);
            count = found;
        };
        var medians = Rounds.Medians(RoundCount, 1, [tokenize, ask, scan], cancellationToken);
        if (count != tokens)
        {
            throw new InvalidOperationException($"npm's tokenizer found {count} tokens, ours {tokens}.");
        }

        var theirs = Rounds.Median([.. times.TakeLast(RoundCount)]);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"WordPiece {bytes / medians[0] * 1000:F0} MB/s, npm's {bytes / theirs * 1000:F1} MB/s, bare scan {bytes / medians[2] * 1000:F0} MB/s; {bytes} bytes, {tokens} tokens (medians of {RoundCount} rounds in turn)"));
        yield return new("WordPiece, texts to ids", "npm's `@huggingface/tokenizers` in Node", theirs / medians[0], "x as fast", null)
        {
            Medians = new Dictionary<string, double> { ["megabytesPerSecond"] = bytes / medians[0] * 1000, ["npmMegabytesPerSecond"] = bytes / theirs * 1000 },
        };
        yield return Beside(medians[0], medians[2]);

        Figure Beside(double ours, double bare) => new("the same, time", "decoding the same UTF-8, character by character", ours / bare, "x", null)
        {
            Medians = new Dictionary<string, double> { ["megabytesPerSecond"] = bytes / ours * 1000, ["scanMegabytesPerSecond"] = bytes / bare * 1000 },
        };
    }

    private static int Scan(byte[][] texts)
    {
        var spaces = 0;
        foreach (var text in texts)
        {
            for (ReadOnlySpan<byte> rest = text; !rest.IsEmpty;)
            {
                Rune.DecodeFromUtf8(rest, out var rune, out var consumed);
                spaces += rune.Value == ' ' ? 1 : 0;
                rest = rest[consumed..];
            }
        }

        return spaces;
    }

    private static IEnumerable<Figure> Shares(string folder, string[] texts, TextWriter output, CancellationToken cancellationToken)
    {
        EncoderModel.Write(Path.Combine(folder, "model.onnx"));
        File.WriteAllText(
            Path.Combine(folder, "model.json"),
            $$$"""{"features":[{"name":"text","type":"text","tokenizer":{"type":"wordpiece","vocabulary":"tokenizer.json","maxTokens":{{{EncoderTokens}}}}}]}""");
        var encoder = TextTokenizers.Load(new WordPieceConfig { Vocabulary = "tokenizer.json", MaxTokens = EncoderTokens }, folder);
        yield return Share("the BERT-shaped encoder of ten million parameters", folder, encoder, texts[..EncoderTexts], Aim.AtMost(5));

        var topics = Path.Combine(Rounds.Checkout(), "samples", "topics", "package");
        yield return Share("the sample `topics`", topics, TextTokenizers.Load(new WordsConfig { Vocabulary = "vocabulary.txt" }, topics), texts[..200], null);

        Figure Share(string what, string package, ITextTokenizer tokenizer, string[] some, Aim? aim)
        {
            using var model = LoadedModel.Load(new ModelPackage("text", "1", "", package, "bench"), SessionSettings.Plain);
            model.WarmUp();
            using var request = new TextRequest(model, some);
            var utf8 = Array.ConvertAll(some, Encoding.UTF8.GetBytes);
            var ids = new long[tokenizer.MaxTokens];
            Action tokenize = () => Array.ForEach(utf8, text => tokenizer.Tokenize(text, ids, out _));
            var medians = Rounds.Medians(RoundCount, 1, [tokenize, request.Run], cancellationToken);
            var (share, perText, perRequest) = (100 * medians[0] / medians[1], medians[0] / some.Length / 1000, medians[1] / some.Length / 1000);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: tokenizing {perText:F1} µs of a request's {perRequest:F1} µs in process, {share:F2} %"));
            return new($"tokenizing, of a request of one text to {what}", "the request, JSON to JSON in process", share, " %", aim)
            {
                Medians = new Dictionary<string, double> { ["tokenizeMicroseconds"] = perText, ["requestMicroseconds"] = perRequest },
            };
        }
    }
}
