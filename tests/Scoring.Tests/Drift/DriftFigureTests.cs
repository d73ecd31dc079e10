using Scoring.Telemetry;

namespace Scoring.Tests.Drift;

/// <summary>The population stability index and what is made of it.</summary>
public sealed class DriftFigureTests
{
    private static readonly BinnedFeature Halves = new("f", ["0", "1"], [0.5, 0.5], 1000);

    [Fact]
    public void Of_KnownShares_IsTheSumByItsFormula()
    {
        var figure = DriftFigure.Of(Halves, [744, 256]);

        // 0.244 ln(0.744 / 0.5) - 0.244 ln(0.256 / 0.5).
        Assert.Equal(0.2603147, figure.Psi!.Value, precision: 6);
        Assert.Equal(2 * 2 * (1.0 / 1000 + 1.0 / 1000), figure.Chance, precision: 12);
        Assert.Equal((1000, DriftVerdict.Shifted), (figure.Rows, figure.Verdict));
        Assert.Equal(DriftVerdict.Moved, DriftFigure.Of(Halves, [743, 257]).Verdict);
    }

    [Fact]
    public void Of_FewRows_SaysSo()
    {
        Assert.Equal(DriftVerdict.TooFew, DriftFigure.Of(Halves, [499, 0]).Verdict);
        Assert.Equal(DriftVerdict.Shifted, DriftFigure.Of(Halves, [500, 0]).Verdict);
        Assert.Equal((0, null, DriftVerdict.TooFew), (DriftFigure.Of(Halves, [0, 0]).Rows, DriftFigure.Of(Halves, [0, 0]).Psi, DriftFigure.Of(Halves, [0, 0]).Verdict));
    }

    [Fact]
    public void Of_ValuesThatTheBaselineNeverHad_IsAFiniteShift()
    {
        var feature = new BinnedFeature("f", ["a", "other", "missing"], [1, 0, 0], 1000);

        var figure = DriftFigure.Of(feature, [700, 0, 300]);

        Assert.InRange(figure.Psi!.Value, 0.5, 10);
        Assert.Equal(DriftVerdict.Shifted, figure.Verdict);
    }

    [Fact]
    public void Of_SamePopulation_IsSeldomBeyondChance()
    {
        const int Trials = 400;
        var random = new Random(22);
        double[] shares = [0.3, 0.2, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.03, 0.02];
        var beyond = 0;
        for (var trial = 0; trial < Trials; trial++)
        {
            var baseline = Draw(1000);
            var feature = new BinnedFeature("f", [.. shares.Select((_, bin) => $"{bin}")], [.. baseline.Select(count => count / 1000.0)], 1000);
            beyond += DriftFigure.Of(feature, Draw(500)) is var figure && figure.Psi > figure.Chance ? 1 : 0;
        }

        // Twice the mean of a chi-square of nine degrees is passed in one of thirty.
        Assert.InRange(beyond, 1, Trials / 15);

        long[] Draw(int rows)
        {
            var counts = new long[shares.Length];
            for (var row = 0; row < rows; row++)
            {
                var (at, bin) = (random.NextDouble(), 0);
                for (; bin < shares.Length - 1 && at >= shares[bin]; bin++)
                {
                    at -= shares[bin];
                }

                counts[bin]++;
            }

            return counts;
        }
    }
}
