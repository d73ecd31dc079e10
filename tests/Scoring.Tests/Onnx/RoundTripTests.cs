using Google.Protobuf;
using Scoring.Onnx;
using TestCommon;

namespace Scoring.Tests.Onnx;

public sealed class RoundTripTests
{
    [SharedDataFact("models")]
    public void Parse_RealModelsWrittenAgain_GiveTheSameBytes()
    {
        var files = Directory.GetFiles(Checkout.SharedPathTo("models"), "model.onnx", SearchOption.AllDirectories);

        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            var bytes = File.ReadAllBytes(file);
            var model = ModelProto.Parser.ParseFrom(bytes);
            Assert.NotEmpty(model.Graph.Node);
            Assert.NotEmpty(model.OpsetImport);
            Assert.Equal(bytes, model.ToByteArray());
        });
    }

    [Fact]
    public void Parse_FieldThatIsNotDeclared_SurvivesTheRewrite()
    {
        // Training information is field 20, which the schema leaves out.
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(1, WireFormat.WireType.Varint);
            output.WriteInt64(8);
            output.WriteTag(20, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFromUtf8("kept"));
        }

        var bytes = stream.ToArray();

        Assert.Equal(bytes, ModelProto.Parser.ParseFrom(bytes).ToByteArray());
    }

    [Fact]
    public void Parse_AttributeSetToItsDefault_StaysSet()
    {
        var alpha = new AttributeProto { Name = "alpha", Type = AttributeProto.Types.AttributeType.Float, F = 0 };

        var again = AttributeProto.Parser.ParseFrom(alpha.ToByteArray());

        Assert.True(again.HasF);
        Assert.False(again.HasI);
    }

    [Fact]
    public void Parse_DimensionWithAnEmptyName_IsNotAnUnknownDimension()
    {
        var named = new TensorShapeProto.Types.Dimension { DimParam = "" };

        var again = TensorShapeProto.Types.Dimension.Parser.ParseFrom(named.ToByteArray());

        Assert.Equal(TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam, again.ValueCase);
    }
}
