using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Scoring.Batch.Chunks;
using Scoring.Inference;
using Scoring.Protocol;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Telemetry;
using TestCommon;

namespace Scoring.Tests.Batch.Chunks;

public sealed class BlockRunnerTests
{
    [Fact]
    public async Task RunAsync_EndlessRowBesideAnEndlessRequest_AnotherModelRunsBesideThem()
    {
        using var folder = new TemporaryFolder();
        LoopModel.Graph().Save(folder.Root);
        using var model = LoadedModel.Load(new ModelPackage("loop", "1", "", folder.Root, ""), SessionSettings.Plain);
        using var metrics = new ScoringMetrics(new ColdStartClock(TimeProvider.System), TimeProvider.System);
        var gate = new RunGate(2, 4);
        using var watch = new RunWatch(gate, TimeProvider.System, NullLogger<RunWatch>.Instance);
        var share = new ChunkShare(gate, Options.Create(new ScoringOptions { MaxConcurrentRuns = 2 }), TimeProvider.System);
        var runner = new BlockRunner(gate, watch, share, metrics, TimeProvider.System);
        using var output = new PooledBuffer(1 << 10);
        using var batch = model.RentBatch();
        using var block = new RowBlock(batch, 1, keeps: false, hasIndex: false, firstRow: 0, output);
        Assert.True(block.TryAdd(new JsonBinder([], unknown: null), Encoding.UTF8.GetBytes($$"""{"n":{{LoopModel.ForEver}},"a":[0]}""")));
        using var ending = new CancellationTokenSource();
        var chunk = Task.Run(() => runner.RunAsync(block, ending.Token));
        Assert.True(SpinWait.SpinUntil(() => gate.LineOf("loop", RunKind.Chunk).Running == 1, TimeSpan.FromMinutes(1)));
        Assert.True(gate.TryEnter(model, out var request));
        using var limit = watch.Begin(TimeProvider.System.GetTimestamp(), TimeSpan.FromMinutes(5), CancellationToken.None, model: model);

        try
        {
            using var fast = await gate.EnterAsync(gate.LineOf("fast"), default, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromMinutes(1));
            Assert.False(chunk.IsCompleted);
        }
        finally
        {
            request.Dispose();
            await ending.CancelAsync();
            await Assert.ThrowsAsync<OperationCanceledException>(() => chunk);
        }
    }
}
