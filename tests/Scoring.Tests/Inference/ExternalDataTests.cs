using System.Runtime.InteropServices;
using Scoring.Inference;
using Scoring.Onnx;
using Scoring.Tests.Protocol;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Inference;

/// <summary>Weights in files beside the model: read where the package holds them, refused where the path leads out of it.</summary>
public sealed class ExternalDataTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("weights.bin")]
    [InlineData("data/weights.bin")]
    public void Load_DataInsideThePackage_IsRead(string location)
    {
        var package = Write(location);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(package, location))!);
        WriteWeights(Path.Combine(package, location));

        using var scored = Scored.Load(package);

        Assert.Equal("[11,22]", scored.Score("""{"instances":[[1,2]]}""")["predictions"]![0]!["outputs"]!["y"]!.ToJsonString());
    }

    [Fact]
    public void Load_DataAboveThePackage_IsRefused()
    {
        var package = Write("../weights.bin");
        WriteWeights(folder.PathTo("weights.bin"));

        AssertRefused(package);
    }

    [Fact]
    public void Load_DataAtAnAbsolutePath_IsRefused()
    {
        var package = Write(folder.PathTo("weights.bin"));
        WriteWeights(folder.PathTo("weights.bin"));

        AssertRefused(package);
    }

    [Fact]
    public void Load_DataThroughALinkOutOfThePackage_IsRefused()
    {
        var package = Write("weights.bin");
        WriteWeights(folder.PathTo("weights.bin"));
        File.CreateSymbolicLink(Path.Combine(package, "weights.bin"), folder.PathTo("weights.bin"));

        AssertRefused(package);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Load_DataThatIsMissingOrShort_IsRefused(bool exists)
    {
        var package = Write("weights.bin");
        if (exists)
        {
            File.WriteAllBytes(Path.Combine(package, "weights.bin"), [0, 0]);
        }

        AssertRefused(package);
    }

    public void Dispose() => folder.Dispose();

    // Callers see the reason: it names files as the package does, not what they are on this machine, nor a line of the runtime's code.
    private static void AssertRefused(string package)
    {
        var refused = Assert.Throws<ScoringException>(() => ModelSession.Load(Path.Combine(package, "model.onnx"), SessionSettings.Plain));

        Assert.Equal(ErrorCode.ModelUnavailable, refused.Code);
        Assert.DoesNotMatch(@"resolved path|\.(cc|h):[0-9]", refused.Message);
    }

    private static void WriteWeights(string path) => File.WriteAllBytes(path, MemoryMarshal.AsBytes<float>([10, 20]).ToArray());

    private string Write(string location)
    {
        var tensor = new TensorProto { Name = "w", DataType = (int)DataType.Float, DataLocation = TensorProto.Types.DataLocation.External, Dims = { 2 } };
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = "8" });
        return new GraphBuilder().Input("x", DataType.Float, "n", 2).Initializer(tensor).Node("Add", ["x", "w"], ["y"]).Output("y", DataType.Float, "n", 2).Save(folder.PathTo("package"));
    }
}
