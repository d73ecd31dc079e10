using Scoring.Outcomes;
using Scoring.Serving.Rollouts;

namespace Scoring.Tests.Serving.Rollouts;

public sealed class ToldOutcomesTests
{
    // Of 10,000 by a lot of a tenth: five standard deviations either way.
    private const int LeastOfTenth = 850;
    private const int MostOfTenth = 1_150;

    private readonly Random random = new(22);

    [Fact]
    public void TryAdd_Weights_KeepsAsManyOfEachAsItStandsFor()
    {
        var told = new ToldOutcomes();
        told.TryAdd(Outcome(weight: 10));

        var (light, heavy) = (Enumerable.Range(0, 10_000).Count(_ => told.TryAdd(Outcome(weight: 1))), Enumerable.Range(0, 10_000).Count(_ => told.TryAdd(Outcome(weight: 10))));

        Assert.InRange(light, LeastOfTenth, MostOfTenth);
        Assert.Equal(10_000, heavy);
    }

    [Fact]
    public void TryAdd_FarMoreThanAreKept_StillKnowsTheLatest()
    {
        var told = new ToldOutcomes();
        var outcomes = Enumerable.Range(0, 3 * ToldOutcomes.Kept).Select(_ => Outcome()).ToList();

        Assert.All(outcomes, outcome => Assert.True(told.TryAdd(outcome)));

        Assert.All(outcomes.TakeLast(ToldOutcomes.Kept), outcome => Assert.False(told.TryAdd(outcome)));
    }

    [Fact]
    public void TryAdd_AVisitorWhomAnotherVersionAnswersSinceTheShareGrew_CountsForEither()
    {
        var told = new ToldOutcomes();

        Assert.Equal([true, false, true, false], new[] { 1, 1, 2, 2 }.Select(version => told.TryAdd(Outcome() with { Version = version, Visitor = 7 })));
    }

    private DealtOutcome Outcome(double weight = 1) => new(1, (ulong)random.NextInt64(long.MinValue, long.MaxValue), 0, DateTimeOffset.UnixEpoch, 0, 0, weight);
}
