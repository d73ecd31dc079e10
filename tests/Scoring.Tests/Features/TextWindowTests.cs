using System.Text.Json;
using ModelTool.Training.Fitting;
using Samples.Training;
using Scoring.Onnx;
using Scoring.Protocol;
using Scoring.Serving;
using Scoring.Tests.Protocol;
using TestCommon;

namespace Scoring.Tests.Features;

/// <summary>Texts longer than a run of the model takes. The model answers with the greatest of a row's ids, and with their sum.</summary>
public sealed class TextWindowTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TextWindowTests() => WriteModel("tokens");

    [Theory]
    [InlineData("a b c d e f g h", "{}", 6, 18, false)]
    [InlineData("a b c d", "{}", 4, 10, false)]
    [InlineData("a b c d e", "{}", 4.5, 7.5, false)]
    [InlineData("a b c d e f g h a b c d", """{"pooling":"max"}""", 8, 26, false)]
    [InlineData("a b c d e f g h a b c d", """{"most":2}""", 6, 18, true)]
    [InlineData("a b c d e f", """{"overlap":2}""", 5, 14, false)]
    [InlineData("a b c d e f", """{"overlap":3}""", 5, 14, false)]
    [InlineData("", "{}", 0, 0, false)]
    public void Score_Text_PoolsItsWindows(string text, string windows, double greatest, double sum, bool truncated)
    {
        using var scored = Load(windows);

        var prediction = scored.Score(JsonSerializer.Serialize(new { instances = new[] { text } }))["predictions"]![0]!;

        Assert.Equal((greatest, sum), Outputs(prediction));
        Assert.Equal(truncated, prediction["truncated"] is not null);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void Score_LongAndShortTextsOfOneRequest_GiveWhatEachGivesAlone(int maxRows)
    {
        using var scored = Load("{}", maxRows);
        string[] texts = ["a", "a b c d e f g h", "", "h g f e d c b a a a", "b"];

        var together = scored.Score(JsonSerializer.Serialize(new { instances = texts }))["predictions"]!.AsArray();

        Assert.Equal(texts.Length, together.Count);
        for (var index = 0; index < texts.Length; index++)
        {
            var alone = scored.Score(JsonSerializer.Serialize(new { instances = new[] { texts[index] } }))["predictions"]![0]!;
            Assert.Equal(Outputs(alone), Outputs(together[index]!));
        }
    }

    [Fact]
    public void Score_IdsOfTheCaller_AreOneWindow()
    {
        using var scored = Load("{}");

        Assert.Equal((8, 15), Outputs(scored.Score("""{"instances":[[7,8]]}""")["predictions"]![0]!));
        Assert.Equal(ErrorCode.InvalidValue, scored.Refused("""{"instances":[[1,1,1,1,1]]}""").Code);
    }

    [Fact]
    public void Score_PiecesOfBert_StandBetweenSpecialTokensInEachWindow()
    {
        File.WriteAllLines(folder.PathTo("vocab.txt"), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "b", "c", "d"]);
        File.WriteAllText(folder.PathTo("model.json"), """{"features":[{"name":"text","type":"text","tokenizer":{"type":"wordpiece","vocabulary":"vocab.txt","maxTokens":4},"windows":{"pooling":"max"}}]}""");
        using var scored = Scored.Load(folder.Root);

        // [CLS] a b [SEP], [CLS] c d [SEP]
        Assert.Equal((7, 18), Outputs(scored.Score("""{"instances":["a b c d"]}""")["predictions"]![0]!));
    }

    [Theory]
    [InlineData("a b c d e f g h a b c d", 10, 27, true)]
    [InlineData("a b c d", 6, 15, false)]
    public void Score_TokensOfTheLibrary_StandBetweenSpecialTokensInEachWindow(string text, double greatest, double sum, bool truncated)
    {
        File.WriteAllText(folder.PathTo("tokenizer.json"), """
            {"version":"1.0","added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"WhitespaceSplit"},"decoder":null,
             "post_processor":{"type":"RobertaProcessing","cls":["<s>",1],"sep":["</s>",2],"trim_offsets":true,"add_prefix_space":false},
             "model":{"type":"WordLevel","unk_token":"<unk>","vocab":{"<unk>":0,"<s>":1,"</s>":2,"a":3,"b":4,"c":5,"d":6,"e":7,"f":8,"g":9,"h":10}}}
            """);
        File.WriteAllText(
            folder.PathTo("model.json"),
            """{"features":[{"name":"text","type":"text","tokenizer":{"vocabulary":"tokenizer.json","maxTokens":5},"windows":{"most":4,"overlap":1,"pooling":"max"}}]}""");
        using var scored = Scored.Load(folder.Root);

        // <s> a b c </s>, <s> c d e </s>, <s> e f g </s>, <s> g h a </s>; what follows is cut. <s> a b c </s>, <s> c d </s>
        var prediction = scored.Score(JsonSerializer.Serialize(new { instances = new[] { text } }))["predictions"]![0]!;

        Assert.Equal((greatest, sum), Outputs(prediction));
        Assert.Equal(truncated, prediction["truncated"] is not null);
    }

    [Fact]
    public void Describe_Windows_AreShown()
    {
        using var scored = Load("""{"overlap":1}""");
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            ModelDescription.Write(writer, new ModelStatus("windows"), scored.Model);
        }

        var feature = JsonDocument.Parse(stream.ToArray()).RootElement.GetProperty("schema").GetProperty("features")[0];
        Assert.Equal("""{"most":8,"overlap":1,"pooling":"mean"}""", feature.GetProperty("windows").GetRawText());
    }

    [Theory]
    [InlineData("""{"most":1}""", "/features/0/windows/most: found 1; expected 2 to 256")]
    [InlineData("""{"pooling":"last"}""", "/features/0/windows/pooling: found 'last'; expected 'mean' or 'max'")]
    [InlineData("""{"overlap":-1}""", "/features/0/windows/overlap: found -1")]
    [InlineData("""{"overlap":4}""", "overlap by 4 ids; expected less than the 4")]
    [InlineData("""{"stride":4}""", "/features/0/windows/stride: not a property here")]
    public void Load_WrongWindows_NamesTheFault(string windows, string fault)
        => Assert.Contains(fault, Assert.Throws<ScoringException>(() => Load(windows)).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_OutputAsLongAsTheText_IsRefused()
    {
        using var model = new TextModel(TextModel.Words.Replace("\"tokenizer\"", "\"windows\":{},\"tokenizer\"", StringComparison.Ordinal));

        Assert.Contains("'tokens_out' is", Assert.Throws<ScoringException>(model.Load).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AnotherInputBesideTheText_IsRefused()
    {
        WriteModel("tokens", "price");

        Assert.Contains("needs all inputs of the model for itself", Assert.Throws<ScoringException>(() => Load("{}", input: "tokens")).Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private static (double Greatest, double Sum) Outputs(System.Text.Json.Nodes.JsonNode prediction)
        => ((double)prediction["outputs"]!["greatest"]![0]!, (double)prediction["outputs"]!["sum"]![0]!);

    private Scored Load(string windows, int maxRows = 1024, string? input = null)
    {
        var named = input is null ? "" : $"\"input\":\"{input}\",";
        File.WriteAllText(folder.PathTo("v.txt"), "a\nb\nc\nd\ne\nf\ng\nh\n");
        File.WriteAllText(
            folder.PathTo("model.json"),
            $$$"""{"maxRows":{{{maxRows}}},"features":[{"name":"text","type":"text",{{{named}}}"tokenizer":{"vocabulary":"v.txt","maxTokens":4},"windows":{{{windows}}}}]}""");
        return Scored.Load(folder.Root);
    }

    private void WriteModel(params string[] inputs)
    {
        var graph = new OnnxGraph("windows");
        foreach (var input in inputs)
        {
            graph.Input(input, TensorProto.Types.DataType.Int64, "rows", "width");
        }

        graph.Output("greatest", TensorProto.Types.DataType.Float, "rows", 1).Output("sum", TensorProto.Types.DataType.Float, "rows", 1)
            .Node("Cast", [inputs[0]], "ids", ("to", (long)TensorProto.Types.DataType.Float))
            .Node("ReduceMax", ["ids"], "greatest", ("axes", new long[] { 1 }))
            .Node("ReduceL1", ["ids"], "sum", ("axes", new long[] { 1 }));
        File.WriteAllBytes(folder.PathTo("model.onnx"), graph.ToModel("windows", "tests"));
    }
}
