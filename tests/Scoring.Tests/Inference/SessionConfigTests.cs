using Google.Protobuf;
using Scoring.Configuration;
using Scoring.Inference;
using Scoring.Onnx;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Tests.Tooling;
using TestCommon;

namespace Scoring.Tests.Inference;

/// <summary>What model.json says of its session is what the session is made with.</summary>
public sealed class SessionConfigTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("all", false)]
    [InlineData("basic", false)]
    [InlineData("none", true)]
    public void Load_Optimization_DecidesWhetherANodeWithoutEffectRuns(string level, bool runs)
    {
        using (var model = Load($$"""{ "session": { "optimization": "{{level}}" } }""", SessionSettings.Plain with { ProfilePath = folder.PathTo("profile") }))
        {
            using var batch = model.RentBatch();
            Assert.True(batch.TryAdd("""{"x":[1,2]}"""u8, new FaultList(), null));
            batch.Run(CancellationToken.None);
        }

        var profile = File.ReadAllText(Directory.GetFiles(folder.Root, "profile*.json").Single());
        Assert.Equal(runs, profile.Contains("\"Identity\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_ThreadsAndSpinning_ReplaceTheAppsUpToTheProcessors()
    {
        using var model = Load("""{"session":{"threads":200,"spinning":true}}""", SessionSettings.Plain);

        Assert.Equal((Environment.ProcessorCount, true, GraphOptimization.All), (model.Settings.IntraOpThreads, model.Settings.Spinning, model.Settings.Optimization));
    }

    [Fact]
    public void Load_SettingsToBeMeasured_AreTakenAsTheyAre()
    {
        using var model = Load("""{"session":{"threads":2,"optimization":"none"}}""", SessionSettings.Plain with { IsFinal = true });

        Assert.Equal(SessionSettings.Plain with { IsFinal = true }, model.Settings);
    }

    [Fact]
    public void Load_WrongSession_NamesEveryFault()
    {
        var refused = Assert.Throws<ScoringException>(() => Load("""{"session":{"threads":1.5,"optimization":"most","spining":true}}""", SessionSettings.Plain));

        Assert.All(["/session/threads: found 1.5", "/session/optimization: found 'most'; expected all, extended, basic, none", "/session/spining"], fault => Assert.Contains(fault, refused.Message, StringComparison.Ordinal));
    }

    private LoadedModel Load(string config, SessionSettings settings)
    {
        var proto = ProductModel.Of("MatMul", [1, 2, 3, 4], 2, 2);
        proto.Graph.Node[0].Output[0] = "z";
        proto.Graph.Node.Add(new NodeProto { OpType = "Identity", Input = { "z" }, Output = { "z2" } });
        proto.Graph.Node.Add(new NodeProto { OpType = "Relu", Input = { "z2" }, Output = { "y" } });
        File.WriteAllBytes(folder.PathTo("model.onnx"), proto.ToByteArray());
        File.WriteAllText(folder.PathTo("model.json"), config);
        return LoadedModel.Load(new ModelPackage("m", "1", new string('0', 64), folder.Root, folder.Root), settings);
    }
}
