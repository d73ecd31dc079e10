using Microsoft.Extensions.Time.Testing;
using Scoring.Inference;

namespace Scoring.Tests.Inference;

/// <summary>When a session that has grown is trimmed, and when it is left alone.</summary>
public sealed class ArenaTrimTests : IDisposable
{
    private const long Weights = 100 << 20;
    private const long Small = Weights + (10 << 20);
    private const long Large = Weights + (400 << 20);

    private readonly FakeTimeProvider time = new();
    private readonly ArenaTrim arena;
    private long allocated = Weights;
    private long held;
    private int trims;

    public ArenaTrimTests() => arena = new ArenaTrim(() => allocated, Trim, time);

    public void Dispose() => arena.Dispose();

    [Fact]
    public void AfterRun_SmallGrowth_IsKept()
    {
        Run(Small);
        time.Advance(ArenaTrim.Rest);

        Assert.Equal((0, Small), (trims, allocated));
    }

    [Fact]
    public void AfterRun_LargeGrowth_IsGivenBackAPauseLater()
    {
        Run(Large);
        Assert.Equal(0, trims);

        time.Advance(ArenaTrim.Pause);

        Assert.Equal((1, Weights), (trims, allocated));
    }

    [Fact]
    public void AfterRun_GrowthOnceInAWhile_IsGivenBackEachTime()
    {
        for (var count = 1; count <= 20; count++)
        {
            Run(Large);
            time.Advance(TimeSpan.FromSeconds(15));
            Assert.Equal((count, Weights), (trims, allocated));
        }
    }

    [Fact]
    public void AfterRun_EveryRunGrows_ItIsLeftAloneAndTriedOnceAMinute()
    {
        for (var second = 0; second < 10; second++)
        {
            Run(Large);
            time.Advance(ArenaTrim.Pause);
        }

        Assert.Equal((ArenaTrim.MaxTrims, Large), (trims, allocated));
        for (var minute = 1; minute <= 5; minute++)
        {
            for (var second = 0; second < 60; second++)
            {
                Run(Large);
                time.Advance(ArenaTrim.Pause);
            }

            Assert.InRange(trims, ArenaTrim.MaxTrims + minute - 1, ArenaTrim.MaxTrims + minute);
        }
    }

    [Fact]
    public void AfterRun_NoMoreRunsOfAModelThatIsLeftAlone_AMinuteLaterItIsGivenBack()
    {
        for (var second = 0; second < 10; second++)
        {
            Run(Large);
            time.Advance(ArenaTrim.Pause);
        }

        time.Advance(ArenaTrim.Rest);

        Assert.Equal(Weights, allocated);
    }

    [Fact]
    public void AfterRun_AFarLargerRunOfAModelThatIsLeftAlone_IsGivenBack()
    {
        for (var second = 0; second < 10; second++)
        {
            Run(Large);
            time.Advance(ArenaTrim.Pause);
        }

        Run(10 * Large);
        time.Advance(ArenaTrim.Pause);

        Assert.Equal(Weights, allocated);
    }

    [Fact]
    public void OnTimer_AnAnswerHoldsIt_IsTriedAgainUntilItIsFree()
    {
        held = Large - Weights;
        Run(Large);
        time.Advance(ArenaTrim.Pause);
        time.Advance(ArenaTrim.Pause);
        Assert.Equal((2, Large), (trims, allocated));

        held = 0;
        time.Advance(ArenaTrim.Pause);

        Assert.Equal((3, Weights), (trims, allocated));
    }

    [Fact]
    public void Dispose_WhileATrimIsDue_ThereIsNone()
    {
        Run(Large);
        arena.Dispose();
        time.Advance(ArenaTrim.Rest);

        Assert.Equal(0, trims);
    }

    private void Run(long bytes)
    {
        allocated = Math.Max(allocated, bytes);
        arena.AfterRun();
    }

    private void Trim()
    {
        trims++;
        allocated = Weights + held;
    }
}
