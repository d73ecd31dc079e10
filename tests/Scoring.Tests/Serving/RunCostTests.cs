using Scoring.Serving;

namespace Scoring.Tests.Serving;

public sealed class RunCostTests
{
    private const double Fast = 20e-6;
    private const double Slow = 40e-3;

    [Fact]
    public void Add_OneRunInEightHeldUp_StaysWithTheOthers()
    {
        var cost = Known();

        for (var run = 0; run < 800; run++)
        {
            cost.Add(run % 8 == 0 ? Slow : Fast, 1);
        }

        Assert.InRange(cost.OfRun, Fast, 4 * Fast);
    }

    [Fact]
    public void Add_SlowForGood_IsKnownAfterADozenRuns()
    {
        var cost = Known();

        for (var run = 0; run < 16; run++)
        {
            cost.Add(Slow, 1);
        }

        Assert.InRange(cost.OfRun, Slow / 2, Slow);
    }

    private static RunCost Known()
    {
        var cost = new RunCost();
        for (var run = 0; run < 4; run++)
        {
            cost.Add(Fast, 1);
        }

        return cost;
    }
}
