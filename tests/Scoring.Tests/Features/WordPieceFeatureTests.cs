using System.Text.Json;
using Scoring.Tests.Protocol;

namespace Scoring.Tests.Features;

/// <summary>Texts of a model with BERT's three inputs, which answers with what it was given. Padding has the id 7.</summary>
public sealed class WordPieceFeatureTests : IDisposable
{
    private const string Feature = """{"name":"text","type":"text","tokenizer":{"type":"wordpiece","vocabulary":"vocab.txt","maxTokens":8}}""";
    private static readonly string[] Inputs = ["input_ids", "attention_mask", "token_type_ids"];

    private readonly TextModel model = new($$"""{"features":[{{Feature}}]}""", inputs: Inputs);

    public WordPieceFeatureTests()
        => File.WriteAllLines(Path.Combine(model.Folder, "vocab.txt"), ["[UNK]", "[CLS]", "[SEP]", "free", "text", "##s", "cafe", "[PAD]", "עברית", "[MASK]"]);

    [Fact]
    public void Score_TextsAndPairsOfOneRequest_ArePaddedMarkedAndTyped()
    {
        using var scored = model.Load();

        var predictions = scored.Score("""{"instances":["free",["free texts","text"],{"text":["","free"]}]}""")["predictions"]!.AsArray();

        Assert.Equal(
            [
                """{"input_ids_out":[1,3,2,7,7,7,7],"attention_mask_out":[1,1,1,0,0,0,0],"token_type_ids_out":[0,0,0,0,0,0,0]}""",
                """{"input_ids_out":[1,3,4,5,2,4,2],"attention_mask_out":[1,1,1,1,1,1,1],"token_type_ids_out":[0,0,0,0,0,1,1]}""",
                """{"input_ids_out":[1,2,3,2,7,7,7],"attention_mask_out":[1,1,1,1,0,0,0],"token_type_ids_out":[0,0,1,1,0,0,0]}""",
            ],
            predictions.Select(prediction => prediction!["outputs"]!.ToJsonString()));
    }

    [Theory]
    [InlineData(@"""""", "[1,2]")]
    [InlineData(@"""Fr\u0000ee\ud800 \udc00caf\u00e9""", "[1,3,6,2]")]
    [InlineData(@"""cafe\u0301\u200d \u202eעברית\u202c""", "[1,6,8,2]")]
    [InlineData(@"""👨‍👩‍👧 free""", "[1,0,3,2]")]
    [InlineData(@"""free [MASK]s""", "[1,3,9,0,2]")]
    [InlineData(@"[""fr\u0065e"",""caf\u00e9""]", "[1,3,2,6,2]")]
    [InlineData("[1,3,2]", "[1,3,2]")]
    public void Score_OddText_HasADefinedAnswer(string instance, string ids)
    {
        using var scored = model.Load();

        var prediction = scored.Score($$"""{"instances":[{{instance}}]}""")["predictions"]![0]!;

        Assert.Equal(ids, prediction["outputs"]!["input_ids_out"]!.ToJsonString());
        Assert.Null(prediction["truncated"]);
    }

    [Fact]
    public void Score_TextAndPairOfAMegabyte_AreCutAndSaySo()
    {
        using var scored = model.Load();
        var text = string.Concat(Enumerable.Repeat("free text ", 100_000));

        var predictions = scored.Score(JsonSerializer.Serialize(new { instances = new object[] { text, new[] { text, "free" } } }))["predictions"]!.AsArray();

        Assert.Equal(["[1,3,4,3,4,3,4,2]", "[1,3,4,3,4,2,3,2]"], predictions.Select(prediction => prediction!["outputs"]!["input_ids_out"]!.ToJsonString()));
        Assert.All(predictions, prediction => Assert.True((bool)prediction!["truncated"]!));
    }

    [Theory]
    [InlineData("""["free"]""", "/instances/0/text", "found texts in an array that are not two")]
    [InlineData("""["free","text","free"]""", "/instances/0/text", "found texts in an array that are not two")]
    [InlineData("""["free",3]""", "/instances/0/text", "found texts in an array that are not two")]
    [InlineData("[3,10]", "/instances/0/text/1", "expected a token id from 0 to 9")]
    public void Score_WrongArray_IsRefusedWhereItIs(string value, string pointer, string detail)
    {
        using var scored = model.Load();

        var refused = scored.Refused($$"""{"instances":[{"text":{{value}}},"free"]}""");

        Assert.Equal(ErrorCode.InvalidValue, refused.Code);
        Assert.Equal(pointer, Assert.Single(refused.Faults).Pointer);
        Assert.Contains(detail, refused.Faults[0].Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"vocabulary\":\"none.txt\"", "does not load from 'none.txt'")]
    [InlineData("\"vocabulary\":\"model.json\"", "/model: missing")]
    [InlineData("\"vocabulary\":\"v.txt\"", "found no '[UNK]' among its 3 lines; expected it; found no '[CLS]'")]
    [InlineData("\"vocabulary\":\"vocab.txt\",\"maxTokens\":3", "maxTokens: found 3; expected more than the special tokens, 3")]
    [InlineData("\"maxTokens\":0", "/features/0/tokenizer/vocabulary: missing")]
    [InlineData("\"vocabulary\":\"tokenizer.json\",\"lowercase\":true", "found 'tokenizer.json' beside lowercase")]
    [InlineData("\"vocabulary\":\"vocab.txt\",\"wordNgrams\":2", "/features/0/tokenizer/wordNgrams: not a property here")]
    public void Load_WrongTokenizer_NamesTheFault(string tokenizer, string fault)
    {
        File.WriteAllText(
            Path.Combine(model.Folder, "model.json"),
            $$$"""{"features":[{"name":"text","type":"text","tokenizer":{"type":"wordpiece",{{{tokenizer}}}}}]}""");

        Assert.Contains(fault, Assert.Throws<ScoringException>(model.Load).Message, StringComparison.Ordinal);
    }

    public void Dispose() => model.Dispose();
}
