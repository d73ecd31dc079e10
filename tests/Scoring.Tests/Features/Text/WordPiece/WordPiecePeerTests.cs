using ModelTool.Training.Fitting;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Samples.Training;
using Scoring.Bench.Measuring;
using Scoring.Configuration;
using Scoring.Features.Text;
using Scoring.Features.Text.WordPiece;
using TestCommon;
using Xunit.Abstractions;

namespace Scoring.Tests.Features.Text.WordPiece;

/// <summary>Ids are those of npm's <c>@huggingface/tokenizers</c>, whose <c>tokenizer.json</c> is served.</summary>
public sealed class WordPiecePeerTests(ITestOutputHelper output)
{
    private const string Data = "data/debian_topics.jsonl.gz";
    private const string TinyBert = "models/13-tribuo-tinybert-embedder/tokenizer.json";

    [PeerFact]
    public void Tokenize_NastyStrings_GivesNpmsIds() => Nasty(count: 300, bertsOwn: true);

    [PeerFact]
    [Trait("Category", "Proof")]
    public void Tokenize_FiveThousandNastyStrings_GivesNpmsIds() => Nasty(count: 5000, bertsOwn: false);

    [PeerFact(Data)]
    public void Tokenize_PackageDescriptions_GivesNpmsIds() => Descriptions(count: 500);

    [PeerFact(Data)]
    [Trait("Category", "Proof")]
    public void Tokenize_TwentyThousandPackageDescriptions_GivesNpmsIds() => Descriptions(count: 20_000);

    [PeerFact]
    [Trait("Category", "Proof")]
    public void Tokenize_EveryCharacter_GivesNpmsIds()
    {
        using var files = new PieceFiles();
        var ours = files.Json(PieceFiles.Bert(Characters(0x20000)), new WordPieceConfig { MaxTokens = 100_000 });
        using var npm = TokenizerPeer.Start(PeerFactAttribute.Folder, files.TokenizerPath);
        var comparison = new PeerComparison(ours, npm, splitsIdeographs: true);

        // Between letters, so that it shows whether the word goes on; and around a sigma, whose lower case depends on it. U+0295 was a lower case letter
        // until Unicode 17, and Node may know another version of it than .NET.
        foreach (var points in Enumerable.Range(0, 0x110000).Where(point => Rune.IsValid(point) && UnicodeTexts.IsKnown(point) && point != 0x295).Chunk(20_000))
        {
            comparison.Check([.. points.Select(point => $"a{new Rune(point)}b A{new Rune(point)}Σ AΣ{new Rune(point)} AΣ{new Rune(point)}A")]);
        }

        output.WriteLine($"{comparison.Equal} characters as npm treats them, {comparison.Explained} ideographs beyond U+FFFF are words as in BERT's own tokenizer");
    }

    private void Nasty(int count, bool bertsOwn)
    {
        using var files = new PieceFiles();
        var random = new SeededRandom(71);
        var texts = Enumerable.Range(0, count).Select(_ => UnicodeTexts.Draw(random)).ToArray();
        var used = texts.SelectMany(text => text.EnumerateRunes()).Select(rune => rune.Value).Distinct().ToHashSet();
        var pieces = Characters(0x3400).Concat(used.Where(point => point >= 0x3400).SelectMany(Pieces)).Distinct().ToArray();
        var (equal, explained) = (0, 0);

        // Every way in which the normaliser can be set, or those that BERT's own models have; null follows lowercase.
        bool[] either = bertsOwn ? [true] : [true, false];
        var settings = from clean in either from split in either from strip in new bool?[] { null, true, false } from lowercase in new[] { true, false } select (clean, split, strip, lowercase);
        foreach (var (clean, split, strip, lowercase) in settings)
        {
            var ours = files.Json(PieceFiles.Bert(pieces, clean, split, strip, lowercase), new WordPieceConfig { MaxTokens = 100_000 });
            using var npm = TokenizerPeer.Start(PeerFactAttribute.Folder, files.TokenizerPath);
            var comparison = new PeerComparison(ours, npm, split);
            comparison.Check(clean ? texts : [.. texts.Select(WithoutHalves)]);
            (equal, explained) = (equal + comparison.Equal, explained + comparison.Explained);
        }

        Assert.True(equal > count * settings.Count() / 2);
        output.WriteLine($"{count} strings by {settings.Count()} normalisers: {equal} times npm's ids, {explained} times but for ideographs beyond U+FFFF");
    }

    private void Descriptions(int count)
    {
        var texts = ReadDescriptions().Take(count).ToArray();
        Assert.Equal(count, texts.Length);
        using var files = new PieceFiles();
        var words = texts.SelectMany(text => text.ToLowerInvariant().Split([.. " \n.,:;()/-\"'"], StringSplitOptions.RemoveEmptyEntries))
            .CountBy(word => word).OrderByDescending(word => word.Value).ThenBy(word => word.Key, StringComparer.Ordinal).Take(8000).Select(word => word.Key);
        var endings = words.Where(word => word.Length > 3).Select(word => "##" + word[^3..]).Distinct();
        var frequent = files.Json(PieceFiles.Bert(words.Concat(endings).Concat(Characters(0x250)).Distinct()), new WordPieceConfig { MaxTokens = 100_000 });
        Compare(frequent, files.TokenizerPath, texts);

        if (SharedData.ReasonToSkip(TinyBert) is null)
        {
            var path = Checkout.SharedPathTo(TinyBert);
            var config = new WordPieceConfig { Vocabulary = Path.GetFileName(path), MaxTokens = 100_000 };
            Compare(WordPieceTokenizer.Load(config, Path.GetDirectoryName(path)!), path, texts);
        }
    }

    private void Compare(WordPieceTokenizer ours, string path, string[] texts)
    {
        using var npm = TokenizerPeer.Start(PeerFactAttribute.Folder, path);
        var comparison = new PeerComparison(ours, npm, splitsIdeographs: true);
        foreach (var chunk in texts.Chunk(2000))
        {
            comparison.Check(chunk);
        }

        var pairs = texts.Take(500).ToArray();
        comparison.CheckPairs(pairs, [.. pairs.Reverse()]);
        output.WriteLine($"{texts.Length} descriptions and {pairs.Length} pairs of them: {comparison.Equal} times npm's ids, {comparison.Explained} explained");
    }

    private static IEnumerable<string> ReadDescriptions()
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Checkout.SharedPathTo(Data)), CompressionMode.Decompress), Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            using var package = JsonDocument.Parse(line);
            yield return $"{package.RootElement.GetProperty("summary")}\n{package.RootElement.GetProperty("text")}";
        }
    }

    private static IEnumerable<string> Characters(int last) => Enumerable.Range(0, last).SelectMany(Pieces);

    private static string[] Pieces(int point) => Rune.IsValid(point) ? [new Rune(point).ToString(), "##" + new Rune(point)] : [];

    // JSON's half surrogate pairs become U+FFFD here; where nothing is cleaned away npm keeps them as they are.
    private static string WithoutHalves(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
