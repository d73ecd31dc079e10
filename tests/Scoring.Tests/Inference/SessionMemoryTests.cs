using System.Reflection;
using Microsoft.ML.OnnxRuntime;
using Scoring.Inference;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Inference;

/// <summary>What ONNX Runtime tells of a session's memory.</summary>
public sealed class SessionMemoryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AllocatedBytes_OfLoadedWeights_HoldsThemAndEndsWithTheSession()
    {
        const int Weights = 1 << 20;
        new GraphBuilder().Input("x", DataType.Float, "rows", 1).Floats("w", [1, Weights], new float[Weights]).Node("MatMul", ["x", "w"], ["y"]).Output("y", DataType.Float, "rows", Weights).Save(folder.Root);
        var session = ModelSession.Load(folder.PathTo("model.onnx"), SessionSettings.Plain);

        Assert.InRange(session.AllocatedBytes, Weights * sizeof(float), 4L * Weights * sizeof(float));

        session.Dispose();
        Assert.Equal(0, session.AllocatedBytes);
    }

    // The binding's own copy of the interface, which it was compiled against.
    [Theory]
    [InlineData(nameof(SessionMemory.ReleaseStatus), SessionMemory.ReleaseStatus)]
    [InlineData(nameof(SessionMemory.GetKeyValuePairs), SessionMemory.GetKeyValuePairs)]
    [InlineData(nameof(SessionMemory.ReleaseKeyValuePairs), SessionMemory.ReleaseKeyValuePairs)]
    public void Places_InTheInterface_AreThoseOfTheBinding(string name, int place)
    {
        var members = typeof(InferenceSession).Assembly.GetType("Microsoft.ML.OnnxRuntime.OrtApi")!
            .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).OrderBy(field => field.MetadataToken).Select(field => field.Name).ToList();

        Assert.Equal(place, members.IndexOf(name));
    }
}
