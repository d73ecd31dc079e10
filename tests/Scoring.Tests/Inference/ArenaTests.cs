using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Inference;

/// <summary>What one huge run leaves in memory.</summary>
public sealed class ArenaTests : IDisposable
{
    // Each element of the input becomes a thousand floats on the way.
    private const int Width = 1000;
    private const int Elements = 100_000;
    private const long Grown = (long)Elements * Width * sizeof(float);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void GiveArenaBack_HugeRun_MemoryGoesBackAndTheNextRunDoesNotAsk()
    {
        new GraphBuilder().Input("x", DataType.Float, "rows", 1).Floats("ones", [1, Width], [.. Enumerable.Repeat(1f, Width)]).Longs("axis", [1], 1)
            .Node("Mul", ["x", "ones"], ["wide"]).Node("ReduceSum", ["wide", "axis"], ["y"])
            .Output("y", DataType.Float, "rows", 1).Save(folder.PathTo("model"));
        File.WriteAllText(folder.PathTo("model", "model.json"), """{"maxRows":1000000}""");
        using var model = LoadedModel.Load(new ModelPackage("m", "1", "", folder.PathTo("model"), "test"), SessionSettings.Plain);
        using var watch = new RunWatch(new RunGate(1, 1), TimeProvider.System, NullLogger<RunWatch>.Instance);
        Run(model, watch, rows: 1, givesBack: false);
        var before = ResidentBytes();
        var allocated = model.Session.AllocatedBytes;

        Run(model, watch, Elements, givesBack: false);
        var kept = ResidentBytes() - before;
        var grown = model.Session.AllocatedBytes - allocated;
        Run(model, watch, Elements, givesBack: true);
        var left = ResidentBytes() - before;

        // Half of it is a wide margin on either side: other tests of the process take and give memory meanwhile.
        Assert.True(kept > Grown / 2, $"{kept >> 20} MiB were kept");
        Assert.True(left < Grown / 2, $"{left >> 20} MiB were left");
        Assert.InRange(grown, Grown, 3 * Grown);
        Assert.InRange(model.Session.AllocatedBytes - allocated, 0, Grown / 2);
        Run(model, watch, rows: 1, givesBack: false);
    }

    [Fact]
    public void IsUnusual_RequestFarLargerThanTheOthers_IsAndTheOthersAreNot()
    {
        var line = new RunGate(1, 1).LineOf("m");
        Assert.All(Enumerable.Range(0, 100), _ => Assert.False(line.IsUnusual(1000)));

        Assert.True(line.IsUnusual(1 << 20));

        // A model whose requests are all large keeps its arena.
        Assert.Contains(Enumerable.Range(0, 100), _ => !line.IsUnusual(1 << 20));
        Assert.False(line.IsUnusual(1 << 20));
    }

    private static void Run(LoadedModel model, RunWatch watch, int rows, bool givesBack)
    {
        using var batch = model.RentBatch();
        var faults = new FaultList();
        for (var row = 0; row < rows; row++)
        {
            Assert.True(batch.TryAdd("""{"x":[1]}"""u8, faults, null), faults.FirstDetail);
        }

        using var limit = watch.Begin(Stopwatch.GetTimestamp(), TimeSpan.FromMinutes(5), CancellationToken.None);
        if (givesBack)
        {
            limit.GiveArenaBack();
        }

        batch.Run(limit, CancellationToken.None);
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        return Environment.WorkingSet;
    }
}
