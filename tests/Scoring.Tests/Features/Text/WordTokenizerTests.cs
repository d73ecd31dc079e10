using System.Text;
using System.Text.Json;
using Scoring.Configuration;
using Scoring.Features.Text;

namespace Scoring.Tests.Features.Text;

public sealed class WordTokenizerTests
{
    private static readonly string[] Vocabulary = ["free", "text editor", "#edi", "editor"];

    [Fact]
    public void Tokenize_TermsOfTheVocabulary_GetTheirLines()
    {
        var tokenizer = new WordTokenizer(new() { WordNgrams = 2, CharacterNgrams = new(3, 3), Vocabulary = "v.txt" }, Vocabulary);

        // Word, bigram, character n-gram: in the order of the scan.
        Assert.Equal([1, 4, 2, 3], Tokenize(tokenizer, "A free text-editor"));
        Assert.Equal(5, tokenizer.IdCount);
    }

    [Fact]
    public void Tokenize_TermsOutsideTheVocabulary_FollowItByHash()
    {
        var tokenizer = new WordTokenizer(new() { Buckets = 10 }, Vocabulary);

        var ids = Tokenize(tokenizer, "free as in speech free");

        Assert.Equal(5, ids.Length);
        Assert.Equal(1, ids[0]);
        Assert.Equal(1, ids[4]);
        Assert.All(ids[1..4], id => Assert.InRange(id, 5, 14));
        Assert.Equal(ids, Tokenize(tokenizer, "FREE as in speech free"));
    }

    [Fact]
    public void Tokenize_ManyTerms_FillTheBucketsEvenly()
    {
        var tokenizer = new WordTokenizer(new() { Buckets = 16, MaxTokens = 100_000 }, []);
        var counts = new int[17];
        foreach (var id in Tokenize(tokenizer, string.Join(' ', Enumerable.Range(0, 16_000))))
        {
            counts[id]++;
        }

        // 1,000 each if even; ten standard deviations of a fair draw are 306.
        Assert.All(counts[1..], count => Assert.InRange(count, 694, 1306));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Tokenize_MoreTermsThanMaxTokens_IsTruncated(int maxTokens, bool expected)
    {
        var tokenizer = new WordTokenizer(new() { Buckets = 10, MaxTokens = maxTokens }, []);

        var count = tokenizer.Tokenize("one two three"u8, new long[10], out var truncated);

        Assert.Equal(maxTokens, count);
        Assert.Equal(expected, truncated);
    }

    [Fact]
    public void Tokenize_Warm_AllocatesNothing()
    {
        var tokenizer = new WordTokenizer(new() { WordNgrams = 2, CharacterNgrams = new(3, 5), Buckets = 1000, MaxTokens = 10_000 }, Vocabulary);
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("Ein freier Text-Editor für 日本語, שלום. ", 20)));
        var ids = new long[10_000];
        tokenizer.Tokenize(text, ids, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
        {
            tokenizer.Tokenize(text, ids, out _);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Constructor_RepeatedTerm_NamesItsLine()
    {
        var error = Assert.Throws<InvalidDataException>(() => new WordTokenizer(new() { Vocabulary = "v.txt" }, ["a", "b", "a"]));

        Assert.Equal("Vocabulary line 3: found 'a', expected a term that no earlier line holds.", error.Message);
    }

    [Fact]
    public void Faults_EverythingWrong_NamesEverything()
    {
        var config = new WordsConfig { WordNgrams = 0, CharacterNgrams = new(3, 2), Buckets = -1, Vocabulary = "../v.txt", MaxTokens = 0 };

        Assert.Equal(
            [
                "wordNgrams: found 0, expected 1 to 8",
                "characterNgrams: found 3 to 2, expected a range within 1 to 8",
                "buckets: found -1, expected 0 or more",
                "vocabulary: found '../v.txt', expected the name of a file of the package",
                "maxTokens: found 0, expected 1 or more",
            ],
            config.Faults());
    }

    [Fact]
    public void Config_Json_RoundTrips()
    {
        const string Json = """{"type":"words","vocabulary":"v.txt","lowercase":false,"wordNgrams":2,"characterNgrams":{"min":3,"max":5},"buckets":64,"maxTokens":256}""";

        var config = JsonSerializer.Deserialize<TokenizerConfig>(Json, JsonSerializerOptions.Web);

        Assert.Equal(Json, JsonSerializer.Serialize(config, JsonSerializerOptions.Web));
        Assert.Empty(config!.Faults());
    }

    private static long[] Tokenize(WordTokenizer tokenizer, string text)
    {
        var ids = new long[tokenizer.MaxTokens];
        return ids[..tokenizer.Tokenize(Encoding.UTF8.GetBytes(text), ids, out _)];
    }
}
