using System.Text;
using System.Text.Json.Nodes;
using Scoring.Configuration;
using Scoring.Features.Text;
using Scoring.Features.Text.Caching;
using TestCommon;

namespace Scoring.Tests.Features.Text.HuggingFace;

public sealed class HuggingFaceTokenizerTests : IDisposable
{
    private static readonly string[] Sentences = FamilyTexts.Sentences(100);

    private readonly TemporaryFolder folder = new();
    private readonly List<ITextTokenizer> loaded = [];
    private readonly long[] ids = new long[512];

    [Theory]
    [InlineData("roberta", "<s> A </s> </s> B </s>", "0 0 0 0 0 0")]
    [InlineData("xlm-roberta", "<s> A </s> </s> B </s>", "0 0 0 0 0 0")]
    [InlineData("t5", "A </s> B </s>", "0 0 0 0")]
    [InlineData("gpt2", "A B", "0 1")]
    [InlineData("wordlevel", "[CLS] A [SEP] B [SEP]", "0 0 0 1 1")]
    [InlineData("llama", "<s> A <s> B", "0 0 1 1")]
    public void TokenizePair_TwoTexts_StandInTheFamilysFrame(string family, string frame, string types)
    {
        var tokenizer = Load(TokenizerFamily.Create(family, Sentences));
        var (first, second) = (Content(tokenizer, "the library"), Content(tokenizer, "reading files fast"));
        var expected = new List<long>();
        var expectedTypes = new List<int>();
        foreach (var (part, type) in frame.Split(' ').Zip(types.Split(' ').Select(int.Parse)))
        {
            long[] some = part switch { "A" => first, "B" => second, _ => [Id(family, part)] };
            expected.AddRange(some);
            expectedTypes.AddRange(some.Select(_ => type));
        }

        var count = tokenizer.TokenizePair("the library"u8, "reading files fast"u8, ids, out var secondStart, out var truncated);

        Assert.False(truncated);
        Assert.Equal(expected, ids[..count]);
        Assert.Equal(expectedTypes, Enumerable.Range(0, count).Select(index => index < secondStart ? 0 : 1));
    }

    [Fact]
    public void TokenizePair_TwoLongTexts_AreSharedOut()
    {
        var tokenizer = Load(TokenizerFamily.Create("roberta", Sentences));
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the library provides files ", 10_000)));
        var first = Content(tokenizer, "the library provides files the library provides files");

        var count = tokenizer.TokenizePair(text, " small"u8, ids.AsSpan(0, 12), out _, out var truncated);

        Assert.Equal((12, true), (count, truncated));
        Assert.Equal([0, .. first[..(12 - 4 - Content(tokenizer, " small").Length)]], ids[..(12 - 3 - Content(tokenizer, " small").Length)]);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(400_000)]
    public void Tokenize_DirectionLeft_KeepsTheEnd(int words)
    {
        var file = TokenizerFamily.Create("roberta", Sentences);
        file["truncation"] = JsonNode.Parse("""{"direction":"Left","max_length":16,"strategy":"LongestFirst","stride":0}""");
        var tokenizer = Load(file, maxTokens: null);
        var text = string.Join(' ', Enumerable.Range(0, words).Select(number => number % 3 == 0 ? "library" : "reading"));
        var all = Content(Load(file, 512), string.Join(' ', text.Split(' ')[^40..]));

        var count = tokenizer.Tokenize(Encoding.UTF8.GetBytes(text), ids.AsSpan(0, tokenizer.MaxTokens), out var truncated);

        Assert.Equal((16, true), (count, truncated));
        Assert.Equal([0, .. all[^14..], 2], ids[..16]);
    }

    [Theory]
    [InlineData("Right", "the ", "[CLS] the [SEP]")]
    [InlineData("Left", " files", "[CLS] files [SEP]")]
    public void Tokenize_WhiteSpaceWithoutEnd_IsReadInPartAndSaidToBe(string direction, string word, string tokens)
    {
        var file = TokenizerFamily.Create("wordlevel", Sentences);
        file["truncation"] = new JsonObject { ["direction"] = direction, ["max_length"] = 16, ["strategy"] = "LongestFirst", ["stride"] = 0 };
        var tokenizer = Load(file, maxTokens: null);
        var space = new string(' ', 2_000_000);

        var count = tokenizer.Tokenize(Encoding.UTF8.GetBytes(direction == "Right" ? word + space + "files" : "the" + space + word), ids.AsSpan(0, 16), out var truncated);

        Assert.True(truncated);
        Assert.Equal(tokens.Split(' ').Select(token => (long)(int)file["model"]!["vocab"]![token]!), ids[..count]);
    }

    [Fact]
    public void Tokenize_WidthBelowTheSpecialTokens_FillsIt()
    {
        var tokenizer = Load(TokenizerFamily.Create("roberta", Sentences));

        Assert.Equal(1, tokenizer.Tokenize("the library"u8, ids.AsSpan(0, 1), out var truncated));
        Assert.Equal((0L, true), (ids[0], truncated));
    }

    [Fact]
    public void Load_NobodySaysTheLimit_TokenizerConfigDoes()
    {
        File.WriteAllText(folder.PathTo("tokenizer_config.json"), """{"model_max_length":77,"pad_token":{"content":"<|endoftext|>"}}""");
        var tokenizer = Load(TokenizerFamily.Create("clip", Sentences), maxTokens: null);

        Assert.Equal((77, tokenizer.IdCount - 1), (tokenizer.MaxTokens, (int)tokenizer.PaddingId));
        File.WriteAllText(folder.PathTo("tokenizer_config.json"), """{"model_max_length":1000000000000000019884624838656}""");
        Assert.Equal(512, Load(TokenizerFamily.Create("clip", Sentences), maxTokens: null).MaxTokens);
    }

    [Fact]
    public void Tokenize_FileWithDropout_GivesTheSameIdsEachTime()
    {
        var file = TokenizerFamily.Create("roberta", Sentences);
        file["model"]!["dropout"] = 0.9;
        var tokenizer = Load(file);

        var first = Content(tokenizer, Sentences[0]);
        Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal(first, Content(tokenizer, Sentences[0])));
        Assert.Equal(Content(Load(TokenizerFamily.Create("roberta", Sentences)), Sentences[0]), first);
    }

    [Theory]
    [InlineData("roberta", "byte-level BPE, ")]
    [InlineData("t5", "Unigram, ")]
    [InlineData("wordlevel", "WordLevel, ")]
    [InlineData("llama", "BPE with byte fallback, ")]
    [InlineData("bert-uncased", "WordPiece, ")]
    public void Kind_OfEachModel_IsNamed(string family, string kind) => Assert.StartsWith(kind, Load(TokenizerFamily.Create(family, Sentences)).Kind, StringComparison.Ordinal);

    [Theory]
    [InlineData("wordlevel", "/model/unk_token", "\"<none>\"", "/model/unk_token: found '<none>', which is no token of the vocabulary")]
    [InlineData("t5", "/model/unk_id", "null", "/model/unk_id: found null; expected the index of a piece")]
    [InlineData("t5", "/model/unk_id", "100000", "/model/unk_id: found 100000")]
    [InlineData("t5", "/model/vocab", "{}", "/model/vocab: found Object; expected an array of pieces")]
    [InlineData("gpt2", "/model/vocab/a", "-1", "/model/vocab/a: found -1; expected an id")]
    [InlineData("gpt2", "/model/merges", "[\"x y z\"]", "Failed to load tokenizer: ")]
    [InlineData("gpt2", "/model/type", "\"Markov\"", "/model/type: found 'Markov'; expected BPE, WordPiece, WordLevel, Unigram")]
    [InlineData("gpt2", "/pre_tokenizer/type", "\"Tea\"", "Failed to load tokenizer: ")]
    [InlineData("gpt2", "/version", "\"2.0\"", "Unknown tokenizer version '2.0'")]
    [InlineData("gpt2", "/padding", "{\"direction\":\"Left\"}", "/padding/direction: found 'Left'")]
    [InlineData("roberta", "/post_processor/cls", "[\"<begin>\",0]", "/post_processor/cls: found '<begin>', which is no token")]
    [InlineData("roberta", "/truncation", "{\"max_length\":4}", "maxTokens: found 4; expected more than the special tokens, 4")]
    [InlineData("t5", "/normalizer/precompiled_charsmap", "\"AAAAAA==\"", "/normalizer/precompiled_charsmap: found 4 bytes")]
    [InlineData("t5", "/normalizer/precompiled_charsmap", "\"*\"", "/normalizer/precompiled_charsmap: found no base64")]
    public void Load_BrokenFile_NamesTheFault(string family, string pointer, string value, string fault)
    {
        var file = TokenizerFamily.Create(family, Sentences);
        var names = pointer[1..].Split('/');
        var parent = names[..^1].Aggregate((JsonNode)file, (node, name) => node[name]!);
        parent[names[^1]] = JsonNode.Parse(value);

        Assert.Contains(fault, Assert.Throws<InvalidDataException>(() => Load(file, maxTokens: null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokenize_EightThreads_GiveTheSameIds()
    {
        var tokenizer = Load(TokenizerFamily.Create("roberta", Sentences));
        var expected = Sentences.Select(text => Content(tokenizer, text)).ToArray();
        var failures = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            var room = new long[512];
            for (var round = 0; round < 20; round++)
            {
                for (var index = 0; index < Sentences.Length; index++)
                {
                    var count = tokenizer.Tokenize(Encoding.UTF8.GetBytes(Sentences[index]), room, out var truncated);
                    if (truncated || !room.AsSpan(1, count - 2).SequenceEqual(expected[index]))
                    {
                        failures.Enqueue(Sentences[index]);
                    }
                }
            }
        })).ToArray();

        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Empty(failures);
    }

    [Fact]
    public void Dispose_CachedTokenizer_FreesTheLibrarysOnce()
    {
        Load(TokenizerFamily.Create("gpt2", Sentences));
        var cached = TextTokenizers.Load(new HuggingFaceConfig { Vocabulary = "tokenizer.json" }, folder.Root, new TokenCache(TokenCache.UsualBytes, () => { }, () => { }));
        ((IDisposable)cached).Dispose();
        ((IDisposable)cached).Dispose();

        Assert.Throws<ObjectDisposedException>(() => cached.Tokenize("the"u8, ids, out _));
    }

    public void Dispose()
    {
        loaded.OfType<IDisposable>().ToList().ForEach(tokenizer => tokenizer.Dispose());
        folder.Dispose();
    }

    private ITextTokenizer Load(JsonObject file, int? maxTokens = 512)
    {
        File.WriteAllText(folder.PathTo("tokenizer.json"), file.ToJsonString());
        loaded.Add(TextTokenizers.Load(new HuggingFaceConfig { Vocabulary = "tokenizer.json", MaxTokens = maxTokens }, folder.Root));
        return loaded[^1];
    }

    private static long Id(string family, string token)
    {
        var added = TokenizerFamily.Create(family, Sentences)["added_tokens"]!.AsArray();
        return (int)added.First(entry => (string)entry!["content"]! == token)!["id"]!;
    }

    private static long[] Content(ITextTokenizer tokenizer, string text)
    {
        var ids = new long[tokenizer.MaxTokens];
        return ids[tokenizer.Before.Length..(tokenizer.Tokenize(Encoding.UTF8.GetBytes(text), ids, out _) - tokenizer.After.Length)];
    }
}
