using Microsoft.Extensions.Time.Testing;
using Scoring.Telemetry;

namespace Scoring.Tests.Telemetry;

public sealed class ColdStartClockTests
{
    private static readonly TimeSpan Slo = TimeSpan.FromMilliseconds(50);

    private readonly FakeTimeProvider time = new();

    [Fact]
    public void Result_AMinutePassesBeforeTheFirstRequest_IsUnmoved()
    {
        var clock = new ColdStartClock(time);
        using var metrics = new ScoringMetrics(clock, time);
        Advance(60);
        clock.Mark(ColdStartPhase.Build);
        Advance(40);
        clock.Mark(ColdStartPhase.Start);
        Advance(100);
        clock.Mark(ColdStartPhase.Ready);

        time.Advance(TimeSpan.FromMinutes(1));
        Answer(metrics, 25);
        Answer(metrics, 5);

        var result = Assert.IsType<ColdStart>(metrics.ColdStart);
        Assert.Equal(TimeSpan.FromMilliseconds(225), result.Total);
        Assert.Equal(
            new Dictionary<string, double> { ["build"] = 60, ["start"] = 40, ["ready"] = 100, ["request"] = 25, ["wait"] = 60_000 },
            result.Phases.ToDictionary(phase => phase.Key, phase => phase.Value.TotalMilliseconds));
    }

    [Fact]
    public void Result_ProcessBornBeforeTheAppsEntry_CountsTheRuntimesStartToo()
    {
        var clock = new ColdStartClock(time, time.GetTimestamp(), () => TimeSpan.FromMilliseconds(250));
        using var metrics = new ScoringMetrics(clock, time);
        Advance(80);
        clock.Mark(ColdStartPhase.Build);
        clock.Mark(ColdStartPhase.Start);
        Advance(70);
        clock.Mark(ColdStartPhase.Handshake);
        Answer(metrics, 20);

        var result = Assert.IsType<ColdStart>(metrics.ColdStart);
        Assert.Equal(TimeSpan.FromMilliseconds(250), result.Total);
        Assert.Equal((80, 70), (result.Phases["runtime"].TotalMilliseconds, result.Phases["handshake"].TotalMilliseconds));
    }

    [Fact]
    public void Result_ProcessKeptWaitingAsAPlaceholder_LeavesOutWhatWasBeforeTheApp()
    {
        var clock = new ColdStartClock(time, time.GetTimestamp(), () => TimeSpan.FromHours(2));
        using var metrics = new ScoringMetrics(clock, time);
        Advance(80);
        clock.Mark(ColdStartPhase.Start);
        Answer(metrics, 20);

        Assert.Equal(TimeSpan.FromMilliseconds(100), metrics.ColdStart!.Total);
        Assert.DoesNotContain("runtime", metrics.ColdStart.Phases.Keys);
    }

    [Fact]
    public void Result_RequestArrivesBeforeReady_CountsTheOverlapOnce()
    {
        var clock = new ColdStartClock(time);
        using var metrics = new ScoringMetrics(clock, time);
        Advance(50);
        clock.Mark(ColdStartPhase.Start);
        Advance(10);
        Advance(190);
        clock.Mark(ColdStartPhase.Ready);
        Advance(5);
        Answer(metrics, sinceArrival: 195);

        Assert.Equal(TimeSpan.FromMilliseconds(255), metrics.ColdStart!.Total);
    }

    [Fact]
    public void Result_WithoutPreload_StartIsReady()
    {
        var clock = new ColdStartClock(time);
        using var metrics = new ScoringMetrics(clock, time);
        Advance(80);
        clock.Mark(ColdStartPhase.Start);
        time.Advance(TimeSpan.FromHours(1));
        metrics.LoadPhaseCompleted("intent", "1", LoadPhase.Session, TimeSpan.FromMilliseconds(15));
        Answer(metrics, 20);

        Assert.Equal(TimeSpan.FromMilliseconds(100), metrics.ColdStart!.Total);
        Assert.Equal(TimeSpan.FromMilliseconds(15), metrics.ColdStart.Phases["session"]);
    }

    [Fact]
    public void Result_FirstConnectionJustBeforeTheRequest_CountsFromTheConnection()
    {
        var clock = new ColdStartClock(time);
        using var metrics = new ScoringMetrics(clock, time);
        Advance(80);
        clock.Mark(ColdStartPhase.Start);
        time.Advance(TimeSpan.FromHours(1));
        clock.Connected();
        Advance(70);
        Answer(metrics, 20);

        Assert.Equal(TimeSpan.FromMilliseconds(170), metrics.ColdStart!.Total);
        Assert.Equal(TimeSpan.FromMilliseconds(90), metrics.ColdStart.Phases["request"]);
    }

    [Fact]
    public void Result_ConnectionThatWaitedOpen_CountsFromTheRequest()
    {
        var clock = new ColdStartClock(time);
        using var metrics = new ScoringMetrics(clock, time);
        Advance(80);
        clock.Mark(ColdStartPhase.Start);
        clock.Connected();
        time.Advance(TimeSpan.FromMinutes(1));
        Answer(metrics, 20);

        Assert.Equal(TimeSpan.FromMilliseconds(100), metrics.ColdStart!.Total);
    }

    [Fact]
    public void Result_QueueAnswersFirst_NamesTheQueue()
    {
        var clock = new ColdStartClock(time);
        using var metrics = new ScoringMetrics(clock, time);
        Advance(30);
        clock.Mark(ColdStartPhase.Start);
        Advance(12);
        metrics.ChunkCompleted("intent", TimeSpan.FromMilliseconds(12), rows: 3);
        Answer(metrics, 1);

        Assert.Equal(("queue", TimeSpan.FromMilliseconds(42)), (metrics.ColdStart!.Trigger, metrics.ColdStart.Total));
    }

    [Fact]
    public async Task FirstAnswer_FirstRequest_Completes()
    {
        using var metrics = new ScoringMetrics(new ColdStartClock(time), time);
        Assert.False(metrics.FirstAnswer.IsCompleted);

        Answer(metrics, 1);

        await metrics.FirstAnswer;
    }

    private void Advance(double milliseconds) => time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>A request that arrives now and takes so long; or one that arrived so long ago and is answered now.</summary>
    private void Answer(ScoringMetrics metrics, double takes = 0, double sinceArrival = 0)
    {
        Advance(takes);
        metrics.RequestCompleted("intent", "1", ScoringMetrics.Ok, TimeSpan.FromMilliseconds(Math.Max(takes, sinceArrival)), Slo, 1);
    }
}
