using System.Text;
using System.Text.Json;
using Scoring.Csv;
using Scoring.Features;
using Scoring.Onnx;
using Scoring.Protocol;
using Scoring.Serving;
using Scoring.Tests.Protocol;

namespace Scoring.Tests.Features;

public sealed class TextFeatureTests
{
    private const string Free = """{"name":"text","type":"text","tokenizer":{"vocabulary":"v.txt"}}""";

    [Fact]
    public void Score_TextsOfDifferentLengths_ArePaddedToTheLongest()
    {
        using var model = new TextModel(TextModel.Words);
        using var scored = model.Load();

        Assert.Equal(["[1,2,3]", "[3,0,0]", "[0,0,0]"], Ids(scored, """{"text":"Free text, editor"},{"text":"EDITOR"},{"text":"nothing known"}"""));
    }

    [Theory]
    [InlineData(@"""free text""", "[1,2]")]
    [InlineData(@"{""text"":""free text""}", "[1,2]")]
    [InlineData(@"""fr\u0065e\ttext""", "[1,2]")]
    [InlineData(@"""free\u0000text""", "[1,2]")]
    [InlineData(@"""free\ud800text""", "[1,2]")]
    [InlineData(@"""free\udc00\ud83d\ude00text""", "[1,2]")]
    [InlineData(@"""free😀text""", "[1,2]")]
    [InlineData(@"""freeé text""", "[2]")]
    [InlineData(@"""free\u0301 text""", "[2]")]
    [InlineData(@"""\u202efree text""", "[1,2]")]
    [InlineData(@"""free\\text\/editor\""""", "[1,2,3]")]
    [InlineData(@"""""", "[0]")]
    [InlineData("[3,1]", "[3,1]")]
    [InlineData("[]", "[0]")]
    [InlineData(@"{""text"":[2]}", "[2]")]
    public void Score_OneInstance_GivesItsIds(string instance, string ids)
    {
        using var model = new TextModel(TextModel.Words);
        using var scored = model.Load();

        Assert.Equal([ids], Ids(scored, instance));
    }

    [Fact]
    public void Score_TextOfAMegabyte_IsCutAndSaysSo()
    {
        using var model = new TextModel(TextModel.Words);
        using var scored = model.Load();
        var text = string.Concat(Enumerable.Repeat("free editor ", 90_000));

        var answer = scored.Score($$"""{"instances":["{{text}}","free free free free free free free free"]}""");

        Assert.Equal("[1,3,1,3,1,3,1,3]", answer["predictions"]![0]!["outputs"]!["tokens_out"]!.ToJsonString());
        Assert.True((bool)answer["predictions"]![0]!["truncated"]!);
        Assert.Null(answer["predictions"]![1]!["truncated"]);
    }

    [Theory]
    [InlineData("[1,4]", "/instances/0/text/1", "expected a token id from 0 to 3")]
    [InlineData("[-1]", "/instances/0/text/0", "expected a token id from 0 to 3")]
    [InlineData("[1.5]", "/instances/0/text/0", "found the number 1.5")]
    [InlineData("[[1],2]", "/instances/0/text/0", "found an array")]
    [InlineData("[1,\"free\"]", "/instances/0/text/1", "found the text")]
    [InlineData("[1,1,1,1,1,1,1,1,1]", "/instances/0/text", "found more than 8 token ids")]
    [InlineData("17", "/instances/0/text", "found the number 17; expected a text")]
    [InlineData("null", "/instances/0/text", "found null")]
    public void Score_WrongValue_IsRefusedWhereItIs(string value, string pointer, string detail)
    {
        using var model = new TextModel(TextModel.Words);
        using var scored = model.Load();

        var refused = scored.Refused($$"""{"instances":[{"text":{{value}}},"free"]}""");

        Assert.Equal(ErrorCode.InvalidValue, refused.Code);
        Assert.Equal(pointer, Assert.Single(refused.Faults).Pointer);
        Assert.Contains(detail, refused.Faults[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_RowsOfSeveralRuns_ArePaddedRunByRun()
    {
        using var model = new TextModel($$"""{"maxRows":2,"features":[{{Free}}]}""");
        using var scored = model.Load();

        Assert.Equal(["[1]", "[2]", "[3,3]", "[1,0]"], Ids(scored, "\"free\",\"text\",\"editor editor\",\"free\""));
    }

    [Theory]
    [InlineData(TensorProto.Types.DataType.Int32)]
    [InlineData(TensorProto.Types.DataType.Int64)]
    public void Score_MaskAndTypeIds_FollowTheIds(TensorProto.Types.DataType type)
    {
        using var model = new TextModel($$"""{"features":[{{Free}}]}""", type, ["input_ids", "attention_mask", "token_type_ids"]);
        using var scored = model.Load();

        var outputs = scored.Score("""{"instances":["free text","editor"]}""")["predictions"]![1]!["outputs"]!;

        Assert.Equal("""{"input_ids_out":[3,0],"attention_mask_out":[1,0],"token_type_ids_out":[0,0]}""", outputs.ToJsonString());
    }

    [Fact]
    public void Score_InputOfFixedWidth_TakesThatMany()
    {
        using var model = new TextModel(TextModel.Words, width: 2);
        using var scored = model.Load();

        var predictions = scored.Score("""{"instances":["free text editor","text"]}""")["predictions"]!;

        Assert.Equal("""[{"outputs":{"tokens_out":[1,2]},"truncated":true},{"outputs":{"tokens_out":[2,0]}}]""", predictions.ToJsonString());
    }

    [Fact]
    public void Score_StringInputWithoutTokenizer_TakesTheTextItself()
    {
        using var model = new TextModel("""{"features":[{"name":"text","type":"text"}]}""", TensorProto.Types.DataType.String, width: 1);
        using var scored = model.Load();

        var predictions = scored.Score("""{"instances":[{"text":"Free\ntext"},"😀"]}""")["predictions"]!;

        Assert.Equal("Free\ntext", (string?)predictions[0]!["outputs"]!["tokens_out"]![0]);
        Assert.Equal("😀", (string?)predictions[1]!["outputs"]!["tokens_out"]![0]);
    }

    [Fact]
    public void Score_AbsentText_TakesTheDefaultIfThereIsOne()
    {
        using var model = new TextModel(TextModel.Words.Replace("\"tokenizer\"", "\"default\":\"editor\",\"tokenizer\"", StringComparison.Ordinal));
        using var without = new TextModel(TextModel.Words);
        using var scored = model.Load();
        using var refusing = without.Load();

        Assert.Equal(["[3]"], Ids(scored, "{}"));
        Assert.Equal(ErrorCode.MissingFeature, refusing.Refused("""{"instances":[{}]}""").Code);
    }

    [Fact]
    public void TryAdd_CsvCells_AreTexts()
    {
        using var model = new TextModel(TextModel.Words);
        using var scored = model.Load();
        using var batch = scored.Model.RentBatch();
        var binding = new CsvBinding(["id", "text"], scored.Model);
        var faults = new FaultList();

        var added = new[] { "1,\"free, \"\"text\"\"\"", "2,editor", "3," }
            .Select((record, row) => batch.TryAdd(binding, new CsvParser().Parse(Encoding.UTF8.GetBytes(record)), row, faults))
            .ToArray();

        Assert.Equal([true, true, false], added);
        Assert.Equal(ErrorCode.MissingFeature, faults.ToException().Code);
        batch.Run(CancellationToken.None);
        Assert.Equal("""{"outputs":{"tokens_out":[3,0]}}""", Written(writer => batch.WritePrediction(writer, 1, topK: null)));
    }

    [Fact]
    public void WarmUp_TextModel_RunsOneTokenOfPadding()
    {
        using var model = new TextModel($$"""{"features":[{{Free}}]}""", inputs: ["input_ids", "attention_mask"]);
        using var scored = model.Load();
        using var batch = scored.Model.RentBatch();

        batch.TryWarmUp();

        Assert.Equal("""{"outputs":{"input_ids_out":[0],"attention_mask_out":[1]}}""", Written(writer => batch.WritePrediction(writer, 0, topK: null)));
    }

    [Theory]
    [InlineData("\"type\":\"none\",\"vocabulary\":\"v.txt\"", "/features/0/tokenizer/type: found 'none'")]
    [InlineData("\"vocabulary\":\"../v.txt\"", "/features/0/tokenizer/vocabulary: found '../v.txt'")]
    [InlineData("\"vocabulary\":\"v.txt\",\"maxTokens\":0", "/features/0/tokenizer/maxTokens: found 0")]
    [InlineData("\"vocabulary\":\"v.txt\",\"maxTokens\":1.5", "/features/0/tokenizer/maxTokens: found 1.5; expected a whole number")]
    [InlineData("\"vocabulary\":\"v.txt\",\"stemmer\":true", "/features/0/tokenizer/stemmer: not a property here")]
    [InlineData("\"lowercase\":true", "/features/0/tokenizer/vocabulary, buckets: found neither")]
    [InlineData("\"buckets\":9,\"characterNgrams\":{\"min\":3,\"max\":2}", "/features/0/tokenizer/characterNgrams: found 3 to 2")]
    [InlineData("\"vocabulary\":\"missing.txt\"", "does not load from 'missing.txt'")]
    public void Load_WrongTokenizer_NamesTheFault(string tokenizer, string fault)
    {
        using var model = new TextModel($$$"""{"features":[{"name":"text","type":"text","tokenizer":{{{{tokenizer}}}}}]}""");

        Assert.Contains(fault, Assert.Throws<ScoringException>(model.Load).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"t","type":"text"}""", "has no \"tokenizer\"")]
    [InlineData("""{"name":"n","type":"number"},{"name":"t","type":"text","tokenizer":{"buckets":9}}""", "needs the input 'tokens' for itself")]
    [InlineData("""{"name":"t","type":"text","attentionMask":"mask","tokenizer":{"buckets":9}}""", "names the input 'mask'")]
    public void Load_FeatureThatDoesNotFit_SaysWhy(string features, string fault)
    {
        using var model = new TextModel($$"""{"features":[{{features}}]}""");

        Assert.Contains(fault, Assert.Throws<ScoringException>(model.Load).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_TextModel_ShowsTheTokenizer()
    {
        using var model = new TextModel(TextModel.Words);
        using var scored = model.Load();
        var status = new ModelStatus("echo");

        var feature = JsonDocument.Parse(Written(writer => ModelDescription.Write(writer, status, scored.Model))).RootElement.GetProperty("schema").GetProperty("features")[0];

        Assert.Equal("text", feature.GetProperty("type").GetString());
        Assert.Equal("v.txt", feature.GetProperty("tokenizer").GetProperty("vocabulary").GetString());
        Assert.Equal(8, feature.GetProperty("tokenizer").GetProperty("maxTokens").GetInt32());
    }

    private static string[] Ids(Scored scored, string instances)
        => [.. scored.Score($$"""{"instances":[{{instances}}]}""")["predictions"]!.AsArray().Select(prediction => prediction!["outputs"]!["tokens_out"]!.ToJsonString())];

    private static string Written(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
