using ModelTool.Training.Fitting;
using ModelTool.Training.Searching;

namespace Scoring.Tests.Tooling.Training;

public sealed class FittingTests
{
    private static readonly SparseRows Rows = new(3, [([0, 2], [1, 0.5f]), ([1], [1]), ([0, 1], [0.6f, 0.8f]), ([2], [1])]);
    private static readonly int[][] Labels = [[0], [1], [2], [0]];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void At_AnyWeights_GradientIsTheSlope(bool isIndependent)
    {
        var loss = new LinearLoss(Rows, Labels, labels: 3, isIndependent, lambda: 0.1);
        var random = new SeededRandom(1);
        var weights = Enumerable.Range(0, loss.Size).Select(index => index % loss.Stride < 3 ? (float)random.NextDouble() : 0).ToArray();
        var (gradient, unused) = (new float[loss.Size], new float[loss.Size]);
        loss.At(weights, gradient);

        for (var index = 0; index < loss.Size; index++)
        {
            if (index % loss.Stride < 3)
            {
                var (above, below) = ((float[])weights.Clone(), (float[])weights.Clone());
                above[index] += 0.01f;
                below[index] -= 0.01f;

                // A central difference of 0.02 is off by a third derivative's ten-thousandth, and by float32's rounding of the scores.
                Assert.Equal((loss.At(above, unused) - loss.At(below, unused)) / 0.02, gradient[index], 1e-4);
            }
        }
    }

    [Fact]
    public void Minimize_ALongNarrowBowl_FindsItsBottom()
    {
        float[] bottom = [1, -2, 3, 0, 5, -6, 7, 8];
        float[] steep = [1, 100, 1, 10, 1, 50, 1, 1];

        var found = Lbfgs.Minimize(8, (at, gradient) =>
        {
            var sum = 0.0;
            for (var index = 0; index < 8; index++)
            {
                var off = at[index] - bottom[index];
                gradient[index] = 2 * steep[index] * off;
                sum += steep[index] * off * off;
            }

            return sum;
        }, maxIterations: 100, CancellationToken.None);

        // It stops once the slope is a thousandth of the first one, 812: less than 0.4 away where the bowl is flattest.
        Assert.All(bottom.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 0.45f));
    }

    [Fact]
    public void ValuesOf_ATermThatComesTwice_CountsTwiceAndTheRowIsDividedByItsOccurrences()
    {
        var weights = new TermWeights([1, 3], texts: 3);

        var counts = TermCounts.Of([2, 1, 2]);
        var values = weights.ValuesOf(counts);

        // 1 + ln(4 / 2) and 1 + ln(4 / 4), to float16's precision.
        var first = 1 + Math.Log(2);
        var length = Math.Sqrt((first * first) + 2);
        Assert.Equal([1, 2], counts.Ids);
        Assert.Equal([1, 2], counts.Counts);
        Assert.Equal(first / length, values[0], 1e-3);
        Assert.Equal(2 / length, values[1], 1e-3);
    }

    [Fact]
    public void Search_OneSettingBest_KeepsItAndTriesTheOthersOnLess()
    {
        var settings = FitSetting.Linear(isMultilabel: false);
        var tried = new List<(FitSetting Setting, double Share)>();

        var (best, curve) = TextHalving.Search(settings, (setting, share) =>
        {
            tried.Add((setting, share));
            return new TrialFound(setting == settings[3] ? 0.9 : 0.5, 1);
        });

        Assert.Equal(settings[3], best);
        Assert.Equal([0.25, 0.5, 1], curve.Select(point => point.Share));
        Assert.Equal((6, 3, 2), (tried.Count(trial => trial.Share == 0.25), tried.Count(trial => trial.Share == 0.5), tried.Count(trial => trial.Share == 1)));
    }
}
