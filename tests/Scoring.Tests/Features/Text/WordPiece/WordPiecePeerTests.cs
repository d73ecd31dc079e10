using System.Text;
using ModelTool.Training.Fitting;
using Samples.Training;
using Scoring.Configuration;
using Scoring.Features.Text;
using Tokenizers.DotNet;
using Xunit.Abstractions;

namespace Scoring.Tests.Features.Text.WordPiece;

/// <summary>Ids are those of Hugging Face's own code, which reads the same <c>tokenizer.json</c>, however its normalizer is set.</summary>
public sealed class WordPiecePeerTests(ITestOutputHelper output)
{
    [Fact]
    public void Tokenize_NastyStrings_GivesHuggingFacesIds() => Nasty(count: 300, bertsOwn: true);

    [Fact]
    [Trait("Category", "Proof")]
    public void Tokenize_FiveThousandNastyStringsByEachSetting_GivesHuggingFacesIds() => Nasty(count: 5000, bertsOwn: false);

    private void Nasty(int count, bool bertsOwn)
    {
        using var files = new PieceFiles();
        var random = new SeededRandom(71);
        var texts = Enumerable.Range(0, count).Select(_ => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(UnicodeTexts.Draw(random)))).ToArray();
        var used = texts.SelectMany(text => text.EnumerateRunes()).Select(rune => rune.Value).Distinct().ToHashSet();
        var pieces = Characters(0x3400).Concat(used.Where(point => point >= 0x3400).SelectMany(Pieces)).Distinct().ToArray();

        // Every way in which the normaliser can be set, or those that BERT's own models have; null follows lowercase.
        bool[] either = bertsOwn ? [true] : [true, false];
        var settings = from clean in either from split in either from strip in new bool?[] { null, true, false } from lowercase in new[] { true, false } select (clean, split, strip, lowercase);
        foreach (var (clean, split, strip, lowercase) in settings)
        {
            var ours = files.Json(PieceFiles.Bert(pieces, clean, split, strip, lowercase), new WordPieceConfig { MaxTokens = 100_000 });
            using var peer = new Tokenizer(files.TokenizerPath);
            var room = new long[ours.MaxTokens];
            foreach (var text in texts)
            {
                var ids = room.AsSpan(0, ours.Tokenize(Encoding.UTF8.GetBytes(text), room, out _));
                var theirs = Array.ConvertAll(peer.Encode(text), id => (long)id);
                Assert.True(ids.SequenceEqual(theirs), $"{(clean, split, strip, lowercase)} {string.Join(' ', text.Select(unit => $"{(int)unit:X4}"))}: ours {string.Join(' ', ids.ToArray())}, theirs {string.Join(' ', theirs)}");
            }
        }

        output.WriteLine($"{count} strings by {settings.Count()} normalisers: Hugging Face's ids each time");
    }

    private static IEnumerable<string> Characters(int last) => Enumerable.Range(0, last).SelectMany(Pieces);

    private static string[] Pieces(int point) => Rune.IsValid(point) ? [new Rune(point).ToString(), "##" + new Rune(point)] : [];
}
