using System.Text.Json.Nodes;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Scoring.Inference;
using Scoring.Onnx;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Tests.Protocol;
using Scoring.Tests.Protocol.OpenInference;
using TestCommon;
using TestCommon.OpenInference;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Inference;

/// <summary>Graphs with operators of onnxruntime-extensions, and with those of a library that the package brings.</summary>
public sealed class CustomOperatorsTests : IDisposable
{
    private const string Library = "libfoo.so";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Score_OperatorsOnTexts_AreThere()
    {
        using var model = Scored.Load(Texts());

        var answer = model.Score("""{"instances":[{"first":"ADA ","last":"Lovelace"},{"first":"Ü","last":"Ö"}]}""");

        Assert.Equal("""[{"outputs":{"y":"ada lovelace"}},{"outputs":{"y":"üö"}}]""", Written(answer["predictions"]!));
    }

    [Fact]
    public void Score_TokenizerInTheGraph_GivesItsIds()
    {
        var vocabulary = string.Join('\n', "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "hello", "wor", "##ld");
        new GraphBuilder().Input("text", DataType.String, 1)
            .Extension("BertTokenizer", ["text"], ["ids", "types", "mask"], Text("vocab_file", vocabulary), GraphBuilder.Attribute("do_lower_case", 1))
            .Output("ids", DataType.Int64, "tokens").Save(folder.PathTo("model"));
        using var scored = Scored.Load(folder.PathTo("model"));
        using var inferred = Inferred.Load(folder.PathTo("model"));

        var score = scored.Score("""{"instances":["Hello world"]}""");
        var infer = inferred.Infer("""{"inputs":[{"name":"text","datatype":"BYTES","shape":[1],"data":["Hello world"]}]}""").ToJson();

        Assert.Equal("""[{"outputs":{"ids":[2,5,6,7,3]}}]""", Written(score["predictions"]!));
        Assert.Equal("[2,5,6,7,3]", Written(infer["outputs"]![0]!["data"]!));
    }

    [Fact]
    public void Score_ImagesOfTheirOwnSizes_AreDecodedInTheGraph()
    {
        new GraphBuilder().Input("image", DataType.Uint8, "bytes").Extension("DecodeImage", ["image"], ["pixels"])
            .Output("pixels", DataType.Uint8, "height", "width", 3).Save(folder.PathTo("model"));
        WriteConfig("""{"features":[{"name":"photo","type":"bytes","encoding":"base64"}]}""");
        using var model = Scored.Load(folder.PathTo("model"));

        // Blue comes first, as the operator gives it.
        var answer = model.Score($$"""{"instances":[{"photo":"{{Base64(Png.Of(2, 1, 2, 3, 4, 5, 6))}}"},"{{Base64(Png.Of(1, 7, 8, 9, 10, 11, 12))}}"]}""");

        Assert.Equal("""[{"outputs":{"pixels":[[[3,2,1],[6,5,4]]]}},{"outputs":{"pixels":[[[9,8,7]],[[12,11,10]]]}}]""", Written(answer["predictions"]!));
    }

    [Fact]
    public void Infer_ImageAsBytes_IsDecodedInTheGraph()
    {
        new GraphBuilder().Input("image", DataType.Uint8, "bytes").Extension("DecodeImage", ["image"], ["pixels"])
            .Output("pixels", DataType.Uint8, "height", "width", 3).Save(folder.PathTo("model"));
        using var model = Inferred.Load(folder.PathTo("model"));

        var answer = model.Infer(Png.Of(1, 1, 2, 3), headerLength: 0);

        Assert.Equal([3, 2, 1], answer.Body[answer.HeaderLength!.Value..]);
    }

    [Theory]
    [InlineData("""{"instances":["no%base64"]}""", "found the text \"no%base64\"; expected bytes in base64")]
    [InlineData("""{"instances":[{"photo":7}]}""", "found the number 7; expected bytes in base64")]
    [InlineData("""{"instances":[{}]}""", "missing; expected bytes in base64")]
    public void Score_WhatIsNoBase64_IsRefused(string body, string detail)
    {
        GraphBuilder.Echo(DataType.Uint8, "bytes").Save(folder.PathTo("model"));
        WriteConfig("""{"features":[{"name":"photo","type":"bytes"}]}""");
        using var model = Scored.Load(folder.PathTo("model"));

        Assert.Contains(detail, model.Refused(body).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_BytesThatAreNoText_ReachAStringInputAsTheyAre()
    {
        byte[] bytes = [0xFF, 0x00, 0xFE];
        var keys = new AttributeProto { Name = "keys_strings", Type = AttributeProto.Types.AttributeType.Strings };
        keys.Strings.Add(ByteString.CopyFrom(bytes));
        new GraphBuilder().Input("x", DataType.String, "rows").Node("LabelEncoder", ["x"], ["y"], keys, GraphBuilder.Attribute("values_int64s", [7L]))
            .Output("y", DataType.Int64, "rows").Save(folder.PathTo("model"));
        WriteConfig("""{"features":[{"name":"x","type":"bytes","encoding":"base64"}]}""");
        using var model = Scored.Load(folder.PathTo("model"));

        var answer = model.Score($$"""{"instances":[{"x":"{{Base64(bytes)}}"},{"x":""}]}""");

        Assert.Equal("""[{"outputs":{"y":7}},{"outputs":{"y":-1}}]""", Written(answer["predictions"]!));
    }

    [Fact]
    public void Load_BytesForAnInputOfNumbers_IsRefused()
    {
        GraphBuilder.Echo(DataType.Float, "rows").Save(folder.PathTo("model"));
        WriteConfig("""{"features":[{"name":"x","type":"bytes"}]}""");

        Assert.Contains("it would be string [rows] or uint8 [bytes]", Assert.Throws<ScoringException>(() => Scored.Load(folder.PathTo("model"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_LibraryOfThePackage_IsLoadedWhereThatIsAllowed()
    {
        Texts();
        BringLibrary();

        var refused = Assert.Throws<ScoringException>(() => Scored.Load(folder.PathTo("model")));
        using var model = LoadedModel.Load(Package(), SessionSettings.Plain with { AllowsCustomOperators = true });

        Assert.Contains("'libfoo.so' is native code, which runs with every right of this process; it is loaded only where the setting AllowCustomOperators is true", refused.Message, StringComparison.Ordinal);
        Assert.Contains(Library, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_LibraryThatIsMissing_IsRefusedByName()
    {
        Texts();
        WriteConfig($$"""{"customOperators":"{{Library}}"}""");

        var refused = Assert.Throws<ScoringException>(() => LoadedModel.Load(Package(), SessionSettings.Plain with { AllowsCustomOperators = true }));

        Assert.Contains("customOperators: the package has no file 'libfoo.so'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_LibraryThatIsNone_IsRefusedByName()
    {
        Texts();
        WriteConfig($$"""{"customOperators":"{{Library}}"}""");
        File.WriteAllText(folder.PathTo("model", Library), "no library");

        var refused = Assert.Throws<ScoringException>(() => LoadedModel.Load(Package(), SessionSettings.Plain with { AllowsCustomOperators = true }));

        Assert.StartsWith("model.json: customOperators: 'libfoo.so' cannot be loaded: ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(folder.Root, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../libfoo.so")]
    [InlineData("/usr/lib/libfoo.so")]
    [InlineData(".hidden")]
    public void Load_LibraryOutsideThePackage_IsRefused(string library)
    {
        Texts();
        WriteConfig($$"""{"customOperators":"{{library}}"}""");

        Assert.Contains("expected the name of a file of the package", Assert.Throws<ScoringException>(() => Scored.Load(folder.PathTo("model"))).Message, StringComparison.Ordinal);
    }

    private string Texts() => new GraphBuilder().Input("first", DataType.String, "n").Input("last", DataType.String, "n")
        .Extension("StringConcat", ["first", "last"], ["both"]).Extension("StringLower", ["both"], ["y"])
        .Output("y", DataType.String, "n").Save(folder.PathTo("model"));

    // The extensions' own library under another name stands for one of the user's own.
    private void BringLibrary()
    {
        WriteConfig($$"""{"customOperators":"{{Library}}"}""");
        var directories = ((string)AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES")!).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        File.Copy(directories.Append(AppContext.BaseDirectory).Select(directory => Path.Combine(directory, "libortextensions.so")).First(File.Exists), folder.PathTo("model", Library));
    }

    private void WriteConfig(string json) => File.WriteAllText(folder.PathTo("model", "model.json"), json);

    private ModelPackage Package() => new("model", "1", new string('0', 64), folder.PathTo("model"), folder.PathTo("model"));

    private static AttributeProto Text(string name, string value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(value) };

    private static string Base64(byte[] bytes) => Convert.ToBase64String(bytes);

    private static string Written(JsonNode node) => node.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
