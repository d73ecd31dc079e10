using Scoring.Inference;
using Scoring.Onnx;
using Scoring.Repository;
using Scoring.Serving;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Serving;

/// <summary>Weights that a graph says to lie in a file.</summary>
public sealed class ExternalDataTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("../secret.bin")]
    [InlineData("data/../../secret.bin")]
    [InlineData("ABSOLUTE")]
    public void Load_WeightsOutsideThePackage_AreNotRead(string location)
    {
        File.WriteAllBytes(folder.PathTo("secret.bin"), new byte[sizeof(float)]);
        Directory.CreateDirectory(folder.PathTo("package", "data"));
        var package = Save(location == "ABSOLUTE" ? folder.PathTo("secret.bin") : location);

        var refused = Assert.ThrowsAny<ScoringException>(() => LoadedModel.Load(package, SessionSettings.From(new ScoringOptions())).Dispose());

        Assert.Equal(ErrorCode.ModelUnavailable, refused.Code);
    }

    [Fact]
    public void Load_WeightsThatALinkLeadsOutsideTo_AreNotRead()
    {
        File.WriteAllBytes(folder.PathTo("secret.bin"), new byte[sizeof(float)]);
        var package = Save("weights.bin");
        File.CreateSymbolicLink(folder.PathTo("package", "weights.bin"), "../secret.bin");

        Assert.ThrowsAny<ScoringException>(() => LoadedModel.Load(package, SessionSettings.From(new ScoringOptions())).Dispose());
    }

    [Fact]
    public void Load_WeightsBesideTheModel_AreRead()
    {
        var package = Save("data/weights.bin");
        Directory.CreateDirectory(folder.PathTo("package", "data"));
        File.WriteAllBytes(folder.PathTo("package", "data", "weights.bin"), BitConverter.GetBytes(5f));

        using var model = LoadedModel.Load(package, SessionSettings.From(new ScoringOptions()));

        Assert.Equal("y", model.Signature.Outputs[0].Name);
    }

    private ModelPackage Save(string location)
    {
        var weights = new TensorProto { Name = "w", DataType = (int)DataType.Float, Dims = { 1 }, DataLocation = TensorProto.Types.DataLocation.External };
        weights.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        var directory = new GraphBuilder().Input("x", DataType.Float, "rows", 1).Initializer(weights).Node("Add", ["x", "w"], ["y"]).Output("y", DataType.Float, "rows", 1).Save(folder.PathTo("package"));
        return new ModelPackage("m", "1", "", directory, directory);
    }
}
