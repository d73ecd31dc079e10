using System.Text;
using System.Text.Json.Nodes;
using Scoring.Configuration;
using Scoring.Features.Text;
using TestCommon;

namespace Scoring.Tests.Features.Text.HuggingFace;

/// <summary>Packages without a tokenizer.json: SentencePiece's <c>.model</c>, or <c>vocab.json</c> beside <c>merges.txt</c>, give the ids of their family's tokenizer.json.</summary>
public sealed class TokenizerFormTests : IDisposable
{
    private static readonly string[] Sentences = FamilyTexts.Sentences(200);

    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("gpt2", "GPT2Tokenizer")]
    [InlineData("roberta", "RobertaTokenizerFast")]
    [InlineData("roberta-prefix", "BartTokenizer")]
    [InlineData("clip", "CLIPTokenizer")]
    public void Load_VocabularyAndMerges_GivesTheIdsOfTokenizerJson(string name, string className)
    {
        var file = TokenizerFamily.Create(name, Sentences);
        Write("vocab.json", file["model"]!["vocab"]!.ToJsonString());
        Write("merges.txt", "#version: 0.2\n" + string.Join('\n', file["model"]!["merges"]!.AsArray().Select(merge => (string)merge!)) + "\n");
        Write("tokenizer_config.json", $$"""{"tokenizer_class":"{{className}}","add_prefix_space":{{(name.EndsWith("prefix", StringComparison.Ordinal) ? "true" : "false")}}}""");

        Compare(file, "vocab.json", family: null, [.. Sentences, .. FamilyTexts.Nasty(300)]);
    }

    [Theory]
    [InlineData("xlm-roberta", "xlm-roberta")]
    [InlineData("t5", "t5")]
    public void Load_SentencePieceModel_GivesTheIdsOfTokenizerJson(string name, string family)
    {
        var file = TokenizerFamily.Create(name, Sentences);
        var vocabulary = file["model"]!["vocab"]!.AsArray().Select(piece => ((string)piece![0]!, (double)piece[1]!)).ToArray();
        (string, int)[] first = name == "t5" ? [("<pad>", 3), ("</s>", 3), ("<unk>", 2)] : [("<unk>", 2), ("<s>", 3), ("</s>", 3)];
        var pieces = name == "t5" ? vocabulary[3..^100] : vocabulary[4..^1];
        File.WriteAllBytes(folder.PathTo("spiece.model"), SentencePieceModel.Write(first, pieces, modelType: 1, Charsmap.Nfkc()));

        // The published files part texts at white space first, the conversion of today does not: spaces are the same to both.
        Compare(file, "spiece.model", family, [.. Sentences, "  two  spaces ", "ﬁne ① ½ Ａ", "<unk> </s>", "", "a<s>b"]);
    }

    [Fact]
    public void Load_SentencePieceModelOfPairs_MergesAsSentencePieceDoes()
    {
        var words = LearntVocabulary.Words(Sentences, before: "▁");
        var merges = LearntVocabulary.Merges(words, 300);
        var letters = words.SelectMany(word => word.Key.EnumerateRunes()).Select(rune => rune.ToString()).Distinct().ToArray();
        var pieces = merges.Select((merge, index) => (Piece: merge.Left + merge.Right, Score: -(double)index)).DistinctBy(piece => piece.Piece).Concat(letters.Select((letter, index) => (Piece: letter, Score: -1000.0 - index))).ToArray();
        File.WriteAllBytes(folder.PathTo("tokenizer.model"), SentencePieceModel.Write([("<unk>", 2), ("<s>", 3), ("</s>", 3)], pieces, modelType: 2, bytes: true));
        var tokenizer = Load("tokenizer.model", "llama");
        var scores = pieces.ToDictionary(piece => piece.Piece, piece => piece.Score);
        var ids = pieces.Select((piece, index) => (piece.Piece, Id: 3 + 256 + index)).ToDictionary(piece => piece.Piece, piece => (long)piece.Id);

        Assert.All(Sentences, text => Assert.Equal([1, .. Merged("▁" + text.Replace(' ', '▁'), scores).Select(piece => ids[piece])], Ids(tokenizer, text)));
        Assert.Equal([1, ids["▁"], 3 + 0xF0, 3 + 0x9F, 3 + 0x99, 3 + 0x82], Ids(tokenizer, "🙂"));
        (tokenizer as IDisposable)?.Dispose();
    }

    [Theory]
    [InlineData("albert", "ABC", "[CLS] ▁abc [SEP]")]
    [InlineData("camembert", "abc", "<s> ▁abc </s>")]
    [InlineData("deberta-v2", "abc", "[CLS] ▁abc [SEP]")]
    [InlineData("big-bird", "abc", "[CLS] ▁abc [SEP]")]
    public void Load_SentencePieceModelOfAFamily_PutsItsTokensAround(string family, string text, string tokens)
    {
        (string, int)[] first = family == "camembert" ? [("<unk>", 2), ("<s>", 3), ("</s>", 3)] : [("<pad>", 3), ("<unk>", 2), ("[CLS]", 3), ("[SEP]", 3), ("[MASK]", 4)];
        File.WriteAllBytes(folder.PathTo("spiece.model"), SentencePieceModel.Write(first, [("▁abc", -1), ("▁", -2), ("a", -3)], modelType: 1));
        var tokenizer = Load("spiece.model", family);
        string[] names = family == "camembert" ? ["<s>", "<pad>", "</s>", "<unk>", "<unk>NOTUSED", "<s>", "</s>", "▁abc"] : [.. first.Select(token => token.Item1), "▁abc"];

        // camembert has <s> and </s> as pieces too, and finds the later ones.
        var expected = tokens.Split(' ').Select(token => (long)Array.LastIndexOf(names, token));
        Assert.Equal(expected, Ids(tokenizer, text));
        (tokenizer as IDisposable)?.Dispose();
    }

    [Theory]
    [InlineData("vocab.json", null, null, "family: missing, and no tokenizer_config.json says a \"tokenizer_class\"; expected one of gpt2, roberta")]
    [InlineData("vocab.json", "bloom", null, "family: found 'bloom', whose files are not known here")]
    [InlineData("vocab.json", null, "{\"tokenizer_class\":\"WhisperTokenizer\"}", "family: found 'WhisperTokenizer'")]
    [InlineData("vocab.json", null, "{", "tokenizer_config.json: no JSON")]
    [InlineData("spiece.model", "t5", null, "no model of SentencePiece")]
    [InlineData("spiece.model", "roberta", null, "no model of SentencePiece")]
    [InlineData("list.json", "gpt2", null, "found Array; expected an object of tokens and their ids")]
    public void Load_FilesThatAreNotServed_SaysWhatIs(string vocabulary, string? family, string? settings, string fault)
    {
        Write("vocab.json", """{"a":0}""");
        Write("list.json", "[]");
        Write("merges.txt", "");
        Write("spiece.model", "no protocol buffer");
        if (settings is not null)
        {
            Write("tokenizer_config.json", settings);
        }

        Assert.Contains(fault, Assert.Throws<InvalidDataException>(() => Load(vocabulary, family)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SentencePieceModelOfWords_SaysSo()
    {
        File.WriteAllBytes(folder.PathTo("m.model"), SentencePieceModel.Write([("<unk>", 2), ("<s>", 3), ("</s>", 3)], [("a", 0)], modelType: 3));

        Assert.Contains("found the model type 3; expected 1, Unigram, or 2, BPE", Assert.Throws<InvalidDataException>(() => Load("m.model", "t5")).Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    // The pair whose merged piece has the greatest score, the first of them, again and again.
    private static List<string> Merged(string text, Dictionary<string, double> scores)
    {
        var parts = text.EnumerateRunes().Select(rune => rune.ToString()).ToList();
        while (true)
        {
            var best = Enumerable.Range(0, parts.Count - 1).Where(index => scores.ContainsKey(parts[index] + parts[index + 1])).OrderByDescending(index => scores[parts[index] + parts[index + 1]]).ThenBy(index => index).ToArray();
            if (best.Length == 0)
            {
                return parts;
            }

            parts[best[0]] += parts[best[0] + 1];
            parts.RemoveAt(best[0] + 1);
        }
    }

    private void Compare(JsonObject file, string vocabulary, string? family, string[] texts)
    {
        Write("tokenizer.json", file.ToJsonString());
        var expected = Load("tokenizer.json", family: null);
        var actual = Load(vocabulary, family);
        Assert.All(texts, text => Assert.Equal(Ids(expected, text), Ids(actual, text)));
        Assert.Equal((expected.IdCount, expected.PaddingId), (actual.IdCount, actual.PaddingId));
        (expected as IDisposable)?.Dispose();
        (actual as IDisposable)?.Dispose();
    }

    private ITextTokenizer Load(string vocabulary, string? family)
        => TextTokenizers.Load(new HuggingFaceConfig { Vocabulary = vocabulary, Family = family, MaxTokens = 400 }, folder.Root);

    private static long[] Ids(ITextTokenizer tokenizer, string text)
    {
        var ids = new long[tokenizer.MaxTokens];
        return ids[..tokenizer.Tokenize(Encoding.UTF8.GetBytes(text), ids, out _)];
    }

    private void Write(string name, string content) => File.WriteAllText(folder.PathTo(name), content);
}
