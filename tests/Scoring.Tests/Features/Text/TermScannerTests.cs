using System.Text;
using ModelTool.Training.Fitting;
using Samples.Training;
using Scoring.Configuration;
using Scoring.Features.Text;

namespace Scoring.Tests.Features.Text;

public sealed class TermScannerTests
{
    [Fact]
    public void Scan_Bigrams_FollowTheirLastWord() =>
        Assert.Equal(["the", "free", "the free", "editor", "free editor"], Terms("The free, EDITOR!", new() { WordNgrams = 2, Buckets = 1 }));

    [Fact]
    public void Scan_CharacterNgrams_MarkTheWordsEnds() =>
        Assert.Equal(["ab", "# ab", "# ab ", "#ab "], Terms("AB", new() { CharacterNgrams = new(3, 4), Buckets = 1 }));

    [Fact]
    public void Scan_CaseKept_LeavesLettersAlone() => Assert.Equal(["Ärger"], Terms("Ärger", new() { Lowercase = false, Buckets = 1 }));

    [Theory]
    [InlineData("")]
    [InlineData(" \0\t\u202E … 🙂 ")]
    public void Scan_NoWords_GivesNothing(string text) => Assert.Empty(Terms(text, new() { WordNgrams = 3, CharacterNgrams = new(1, 8), Buckets = 1 }));

    [Fact]
    public void Scan_InvalidBytes_Separate() =>
        // A lone continuation byte, a surrogate encoded as UTF-8, and a sequence cut short by the end.
        Assert.Equal(["a", "b", "c"], Terms([(byte)'a', 0x80, (byte)'b', 0xED, 0xA0, 0x80, (byte)'c', 0xE2, 0x82], new() { Buckets = 1 }));

    [Theory]
    [InlineData("שלום עולם", new[] { "שלום", "עולם" })]
    [InlineData("e\u0301tude ÉTUDE", new[] { "e\u0301tude", "étude" })]
    [InlineData("日本語 テキスト", new[] { "日本語", "テキスト" })]
    [InlineData("ẞ Ω 𐐀", new[] { "ß", "ω", "𐐨" })]
    [InlineData("x² ¾ Ⅳ", new[] { "x²", "¾", "ⅳ" })]
    public void Scan_ManyScripts_LowerCasesSimply(string text, string[] expected) => Assert.Equal(expected, Terms(text, new() { Buckets = 1 }));

    [Fact]
    public void Scan_WordOfAMegabyte_IsItsFirstBytes()
    {
        var term = Assert.Single(Terms(new string('ä', 500_000), new() { Buckets = 1 }));

        Assert.Equal(new string('ä', TermScanner.MaxWordBytes / 2), term);
    }

    [Fact]
    public void Scan_LongWords_NeverOutgrowTheWindow()
    {
        var word = new string('x', TermScanner.MaxWordBytes + 1);
        var text = string.Join(' ', Enumerable.Repeat(word, 20));

        var terms = Terms(text, new() { WordNgrams = WordsConfig.MaxNgram, Buckets = 1 });

        Assert.Equal((WordsConfig.MaxNgram * (TermScanner.MaxWordBytes + 1)) - 1, terms[^1].Length);
    }

    [Fact]
    public void Scan_AnyBytes_FindWhatAPlainScanFinds()
    {
        var random = new SeededRandom(7);
        for (var round = 0; round < 2000; round++)
        {
            var text = NastyText.Draw(random);
            var config = new WordsConfig
            {
                Lowercase = random.Next(2) == 0,
                WordNgrams = 1 + random.Next(WordsConfig.MaxNgram),
                CharacterNgrams = random.Next(2) == 0 ? null : new(1 + random.Next(3), 3 + random.Next(4)),
                Buckets = 1,
            };

            var sink = new ListSink(new List<string>(), new List<ulong>());
            TermScanner.Scan(text, config, ref sink);

            Assert.Equal(PlainTerms.Of(text, config), sink.Terms);
            Assert.Equal(sink.Terms.Select(term => TermHash.Of(Encoding.UTF8.GetBytes(term))), sink.Hashes);
        }
    }

    private static List<string> Terms(string text, WordsConfig config) => Terms(Encoding.UTF8.GetBytes(text), config);

    private static List<string> Terms(byte[] text, WordsConfig config)
    {
        var sink = new ListSink([], []);
        TermScanner.Scan(text, config, ref sink);
        return sink.Terms;
    }
}
