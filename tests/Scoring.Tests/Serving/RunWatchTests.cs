using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Scoring.Inference;
using Scoring.Protocol.OpenInference;
using Scoring.Repository;
using Scoring.Serving;
using TestCommon;

namespace Scoring.Tests.Serving;

public sealed class RunWatchTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly RunGate gate = new(1, 4);
    private readonly RunWatch watch;
    private readonly LoadedModel model;

    public RunWatchTests()
    {
        watch = new RunWatch(gate, TimeProvider.System, NullLogger<RunWatch>.Instance);
        LoopModel.Graph().Save(folder.Root);
        model = LoadedModel.Load(new ModelPackage("loop", "1", "", folder.Root, ""), SessionSettings.Plain);
    }

    [Fact]
    public void Run_LongerThanItsTime_IsEndedAndTheNextOneOnTheSameLimitIsNot()
    {
        using (var limit = Begin(TimeSpan.FromMilliseconds(100), CancellationToken.None))
        {
            var failure = Assert.Throws<ScoringException>(() => Count(LoopModel.ForEver, limit));
            Assert.Equal(ErrorCode.DeadlineExceeded, failure.Code);
        }

        using var next = Begin(TimeSpan.FromMinutes(5), CancellationToken.None);
        Count(3, next);
        Assert.False(next.Options.Terminate);
    }

    [Fact]
    public async Task Run_CallerLeaves_IsEnded()
    {
        using var leaving = new CancellationTokenSource();
        using var limit = Begin(TimeSpan.FromMinutes(5), leaving.Token);
        var run = Task.Run(() => Count(LoopModel.ForEver, limit));

        await leaving.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task Run_ProcessStops_IsEndedAndSaysToTryAgain()
    {
        using var limit = Begin(TimeSpan.FromMinutes(5), CancellationToken.None);
        var run = Task.Run(() => Count(LoopModel.ForEver, limit));

        await watch.StopAsync(CancellationToken.None);

        var failure = await Assert.ThrowsAsync<ScoringException>(() => run);
        Assert.Equal(ErrorCode.ModelUnavailable, failure.Code);
        Assert.NotNull(failure.RetryAfter);
    }

    [Fact]
    public async Task Run_OfInstances_IsEndedAsOneOfTensorsIs()
    {
        using var leaving = new CancellationTokenSource();
        using var limit = Begin(TimeSpan.FromMinutes(5), leaving.Token);
        using var batch = model.RentBatch();
        Scoring.Protocol.ScoreRequest.Read(Encoding.UTF8.GetBytes($$"""{"instances":[{"n":{{LoopModel.ForEver}},"a":[0]}]}"""), batch, 1);
        var run = Task.Run(() => batch.Run(limit, leaving.Token));

        await leaving.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task Check_RunThatIsShared_GoesOnUntilTheLastCallerLeft()
    {
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        using var limit = new RunLimit((_, _) => { });
        limit.Begin(0, long.MaxValue, first.Token);
        limit.Share([second.Token]);

        await first.CancelAsync();
        limit.Check(now: 1, long.MaxValue, patience: 10);
        Assert.False(limit.HasEnded);

        await second.CancelAsync();
        limit.Check(now: 1, long.MaxValue, patience: 10);
        Assert.True(limit.HasEnded);
    }

    [Fact]
    public void Check_RunThatDoesNotEnd_IsStuckOnce()
    {
        using var limit = new RunLimit((_, _) => { });
        limit.Begin(0, 5, CancellationToken.None);

        Assert.False(limit.Check(now: 5, long.MaxValue, patience: 10));
        Assert.False(limit.Check(now: 14, long.MaxValue, patience: 10));
        Assert.True(limit.Check(now: 15, long.MaxValue, patience: 10));
        Assert.False(limit.Check(now: 99, long.MaxValue, patience: 10));
    }

    [Fact]
    public async Task Stuck_EveryRun_IsReplacedOnceThenExhaustedUntilOneEnds()
    {
        var time = new FakeTimeProvider();
        using var watching = new RunWatch(gate, time, NullLogger<RunWatch>.Instance);
        var slots = new List<RunSlot>();
        var limits = new List<RunLimit>();
        for (var run = 0; run < 2; run++)
        {
            // The second enters by the slot that replaces the first one's.
            slots.Add(await gate.EnterAsync(gate.LineOf("a"), default, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
            limits.Add(watching.Begin(time.GetTimestamp(), TimeSpan.FromSeconds(1), CancellationToken.None));
            watching.Tick();
            time.Advance(TimeSpan.FromSeconds(2));
            watching.Tick();
            time.Advance(TimeSpan.FromSeconds(10));
            watching.Tick();
        }

        Assert.True(watching.IsExhausted);
        Assert.False(gate.TryEnter(gate.LineOf("a"), out _));

        limits.ForEach(limit => limit.Dispose());
        slots.ForEach(slot => slot.Dispose());
        Assert.Equal(0, watching.Stuck);
        Assert.True(gate.TryEnter(gate.LineOf("a"), out _));
        Assert.False(gate.TryEnter(gate.LineOf("a"), out _));
    }

    [Fact]
    public async Task Run_EndlessRunsOnEverySlotThatNobodyKnewToBe_AnotherModelRunsBesideThem()
    {
        var two = new RunGate(2, 4);
        using var watching = new RunWatch(two, TimeProvider.System, NullLogger<RunWatch>.Instance);
        using var leaving = new CancellationTokenSource();
        var endless = new[] { HoldSlotAsync(two, watching, leaving.Token), HoldSlotAsync(two, watching, leaving.Token) };

        var slot = await two.EnterAsync(two.LineOf("m"), default, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromMinutes(1));

        Assert.DoesNotContain(endless, run => run.IsCompleted);
        slot.Dispose();
        await leaving.CancelAsync();
        foreach (var run in endless)
        {
            await Assert.ThrowsAsync<OperationCanceledException>(() => run);
        }
    }

    [Fact]
    public void Begin_OnceLent_AllocatesNothing()
    {
        Begin(TimeSpan.FromMinutes(5), CancellationToken.None).Dispose();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1000; round++)
        {
            Begin(TimeSpan.FromMinutes(5), CancellationToken.None).Dispose();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    public void Dispose()
    {
        model.Dispose();
        watch.Dispose();
        folder.Dispose();
    }

    private RunLimit Begin(TimeSpan timeout, CancellationToken caller) => watch.Begin(TimeProvider.System.GetTimestamp(), timeout, caller);

    private Task HoldSlotAsync(RunGate slots, RunWatch watching, CancellationToken caller)
    {
        Assert.True(slots.TryEnter(model, out var slot));
        return Task.Run(
            () =>
            {
                using (slot)
                {
                    using var limit = watching.Begin(TimeProvider.System.GetTimestamp(), TimeSpan.FromMinutes(5), caller, null, model);
                    Count(LoopModel.ForEver, limit);
                }
            },
            CancellationToken.None);
    }

    private void Count(long n, RunLimit limit)
    {
        var body = $$"""{"inputs":[{"name":"n","datatype":"INT64","shape":[],"data":{{n}}},{"name":"a","datatype":"FP32","shape":[1],"data":[0]}]}""";
        using var request = InferRequest.Read(model, Encoding.UTF8.GetBytes(body));
        using var response = request.Run(limit);
    }
}
