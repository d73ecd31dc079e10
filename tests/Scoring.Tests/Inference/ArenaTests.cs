using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Inference;

/// <summary>What one huge run leaves in memory: nothing, a little later.</summary>
public sealed class ArenaTests : IDisposable
{
    // The input says how many floats there are on the way.
    private const int Elements = 50_000_000;
    private const long Grown = Elements * (long)sizeof(float);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Run_SmallInputThatTakesMuchMemory_ItGoesBackWithoutAnotherRun()
    {
        using var session = Load();
        Run(session, 1);
        var allocated = session.AllocatedBytes;

        using (Run(session, Elements))
        {
            Assert.InRange(session.AllocatedBytes - allocated, Grown, 3 * Grown);
        }

        await UntilAsync(() => session.AllocatedBytes - allocated < ArenaTrim.Slack);
        Run(session, 1).Dispose();
    }

    [Fact]
    public async Task Run_EndedHalfWay_ItsMemoryGoesBack()
    {
        using var session = Load();
        Run(session, 1);
        var allocated = session.AllocatedBytes;
        using var limit = new RunLimit((_, _) => { });

        // Some half a second of exponentials, ended once they have their memory.
        var run = Task.Run(() => Assert.ThrowsAny<Exception>(() => Run(session, 4 * Elements, limit)));
        await UntilAsync(() => session.AllocatedBytes - allocated > Grown || run.IsCompleted);
        limit.Options.Terminate = true;
        await run;

        await UntilAsync(() => session.AllocatedBytes - allocated < ArenaTrim.Slack);
    }

    private static IDisposable Run(ModelSession session, long elements, RunLimit? limit = null)
    {
        using var value = Microsoft.ML.OnnxRuntime.OrtValue.CreateTensorValueFromMemory(new[] { elements }, [1]);
        return session.Run(limit, ["n"], [value]);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var tries = 0; !condition(); tries++)
        {
            Assert.True(tries < 3000, "It did not happen within a minute.");
            await Task.Delay(20);
        }
    }

    private ModelSession Load()
    {
        new GraphBuilder().Input("n", DataType.Int64, 1)
            .Node("ConstantOfShape", ["n"], ["wide"]).Node("Exp", ["wide"], ["wider"]).Node("Exp", ["wider"], ["again"]).Node("ReduceSum", ["again"], ["y"])
            .Output("y", DataType.Float).Save(folder.PathTo("model"));
        return ModelSession.Load(folder.PathTo("model", "model.onnx"), SessionSettings.Plain);
    }
}
