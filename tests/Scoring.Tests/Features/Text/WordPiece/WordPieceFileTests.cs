using System.Text;
using System.Text.Json.Nodes;
using Scoring.Configuration;
using Scoring.Features.Text;

namespace Scoring.Tests.Features.Text.WordPiece;

public sealed class WordPieceFileTests : IDisposable
{
    private static readonly string[] Pieces = ["free", "text"];

    private readonly PieceFiles files = new();

    [Theory]
    [InlineData("[PAD]\n[CLS]\n[SEP]\nfree", "found no '[UNK]' among its 4 lines")]
    [InlineData("[UNK]", "found no '[CLS]' among its 1 lines; expected it; found no '[SEP]'")]
    [InlineData("", "found no '[UNK]' among its 0 lines")]
    public void Load_VocabularyWithoutSpecialTokens_NamesThem(string lines, string fault)
    {
        File.WriteAllText(Path.Combine(files.Folder, "vocab.txt"), lines);

        var refused = Assert.Throws<InvalidDataException>(() => TextTokenizers.Load(new WordPieceConfig { Vocabulary = "vocab.txt" }, files.Folder));

        Assert.Contains(fault, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/model/vocab", "null", "/model/vocab: missing")]
    [InlineData("/model/vocab", "{}", "/model/vocab: found no pieces")]
    [InlineData("/model/vocab", "{\"free\":\"1\"}", "/model/vocab/free: found \"1\"; expected an id")]
    [InlineData("/model/unk_token", "\"<unk>\"", "/model/unk_token: found '<unk>', which is no token")]
    [InlineData("/model/max_input_chars_per_word", "0", "/model/max_input_chars_per_word: found 0")]
    [InlineData("/post_processor/type", "\"Reversed\"", "/post_processor/type: found 'Reversed'")]
    [InlineData("/post_processor/cls", "[\"<s>\",0]", "/post_processor/cls: found '<s>', which is no token")]
    [InlineData("/post_processor/sep", "\"[SEP]\"", "/post_processor/sep: missing")]
    [InlineData("/truncation", "{\"max_length\":3}", "maxTokens: found 3; expected more than the special tokens, 3")]
    [InlineData("/padding", "{\"direction\":\"Left\"}", "/padding/direction: found 'Left'")]
    [InlineData("/model", "7", "/model: found Number; expected an object")]
    [InlineData("/model/continuing_subword_prefix", "7", "a value is of another kind")]
    public void Load_OtherTokenizerFile_NamesTheFault(string pointer, string value, string fault)
    {
        var file = PieceFiles.Bert(Pieces);
        var names = pointer[1..].Split('/');
        var parent = names.Length == 1 ? file : file[names[0]]!.AsObject();
        parent[names[^1]] = JsonNode.Parse(value);

        var refused = Assert.Throws<InvalidDataException>(() => files.Json(file));

        Assert.Contains(fault, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/normalizer", """{"type":"Sequence","normalizers":[{"type":"NFKC"},{"type":"Lowercase"}]}""")]
    [InlineData("/pre_tokenizer", """{"type":"Whitespace"}""")]
    [InlineData("/truncation", """{"direction":"Left","max_length":9,"strategy":"LongestFirst","stride":0}""")]
    [InlineData("/added_tokens/4/normalized", "true")]
    [InlineData("/model/max_input_chars_per_word", "5000")]
    public void Load_FileThatAsksForMore_IsServedByTheLibrary(string pointer, string value)
    {
        var file = PieceFiles.Bert(Pieces);
        var names = pointer[1..].Split('/');
        JsonNode parent = file;
        foreach (var name in names[..^1])
        {
            parent = parent is JsonArray list ? list[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]! : parent[name]!;
        }

        parent[names[^1]] = JsonNode.Parse(value);
        File.WriteAllText(files.TokenizerPath, file.ToJsonString());
        var tokenizer = TextTokenizers.Load(new WordPieceConfig { Vocabulary = "tokenizer.json" }, files.Folder);
        using var native = Assert.IsAssignableFrom<IDisposable>(tokenizer);
        var ids = new long[tokenizer.MaxTokens];

        Assert.StartsWith("WordPiece, 7 ids, by Hugging Face's", tokenizer.Kind, StringComparison.Ordinal);
        Assert.Equal([2, 5, 6, 3], ids[..tokenizer.Tokenize("free text"u8, ids, out _)]);
    }

    [Fact]
    public void Load_NoJson_SaysSo()
    {
        File.WriteAllText(files.TokenizerPath, "vocab");

        var refused = Assert.Throws<InvalidDataException>(() => TextTokenizers.Load(new WordPieceConfig { Vocabulary = "tokenizer.json" }, files.Folder));

        Assert.Contains("no JSON", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_Template_PutsItsTokensAround()
    {
        var file = PieceFiles.Bert(Pieces);
        file["post_processor"] = JsonNode.Parse("""
            {"type":"TemplateProcessing",
             "single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}}],
             "pair":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}},{"Sequence":{"id":"B","type_id":1}},{"SpecialToken":{"id":"[SEP]","type_id":1}}],
             "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[2],"tokens":["[CLS]"]},"[SEP]":{"id":"[SEP]","ids":[3],"tokens":["[SEP]"]}}}
            """);
        file["padding"] = JsonNode.Parse("""{"strategy":{"Fixed":128},"direction":"Right","pad_id":4}""");
        file["truncation"] = JsonNode.Parse("""{"max_length":7,"strategy":"LongestFirst","direction":"Right","stride":0}""");
        var tokenizer = files.Json(file);
        var ids = new long[tokenizer.MaxTokens];

        var count = tokenizer.TokenizePair("free"u8, "text free text free"u8, ids, out var secondStart, out var truncated);

        Assert.Equal([2, 5, 3, 6, 5, 6, 3], ids[..count]);
        Assert.Equal((3, true, 4, 7), (secondStart, truncated, (int)tokenizer.PaddingId, tokenizer.MaxTokens));
    }

    [Theory]
    [InlineData("""[{"Sequence":{"id":"B","type_id":0}}]""", "found the texts 'B' with the types 0; expected A with the type 0")]
    [InlineData("""[{"Sequence":{"id":"A","type_id":2}}]""", "found the texts 'A' with the types 2")]
    public void Load_TemplateOfAnotherShape_IsRefused(string single, string fault)
    {
        var file = PieceFiles.Bert(Pieces);
        file["post_processor"] = new JsonObject { ["type"] = "TemplateProcessing", ["single"] = JsonNode.Parse(single), ["pair"] = JsonNode.Parse("[]") };

        Assert.Contains(fault, Assert.Throws<InvalidDataException>(() => files.Json(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ManyPieces_FindsEachOfThem()
    {
        var pieces = Enumerable.Range(0, 40_000).Select(number => (number % 2 == 0 ? "" : "##") + Convert.ToString(number * 7919L % 1_000_003, 16)).Distinct().ToArray();
        var tokenizer = files.Text(new WordPieceConfig(), [.. pieces, "g"]);
        var ids = new long[8];

        for (var index = 0; index < pieces.Length; index++)
        {
            var isInner = pieces[index].StartsWith('#');
            var count = tokenizer.Tokenize(Encoding.UTF8.GetBytes(isInner ? "g" + pieces[index][2..] : pieces[index]), ids, out _);

            Assert.Equal(PieceFiles.Specials.Length + index, ids[count - 2]);
        }
    }

    public void Dispose() => files.Dispose();
}
