using Scoring.Calibration;

namespace Scoring.Tests.Calibration;

public sealed class CalibrationFiguresTests
{
    // Sums of float32 values in another order.
    private const double Rounding = 1e-6;

    [Fact]
    public void Of_Predictions_GivesTheFiguresOfOtherSums()
    {
        var rows = Draw(3, 3000, confidence => confidence - 0.1);

        var figures = CalibrationFigures.Of(rows)!;

        var bins = rows.OrderBy(row => row.Confidence).Select((row, index) => (Row: row, Bin: index * 15 / 3000)).GroupBy(row => row.Bin, row => row.Row).ToArray();
        Assert.Equal(bins.Sum(bin => Math.Abs(bin.Sum(row => row.Confidence - (row.IsRight ? 1.0 : 0)))) / 3000, figures.Ece, Rounding);
        Assert.Equal(rows.Average(row => row.Confidence) - rows.Average(row => row.IsRight ? 1.0 : 0), figures.Gap, Rounding);
        Assert.Equal(rows.Average(row => (double)row.LogLoss), figures.LogLoss, Rounding);
        Assert.Equal(rows.Average(row => (double)row.SquaredDistance), figures.Brier, Rounding);
        Assert.Equal(rows.Average(row => row.IsRight ? 1.0 : 0), figures.Accuracy, Rounding);
        Assert.Equal(bins.Select(bin => bin.Count()), figures.Bins.Select(bin => bin.Count));
        Assert.InRange(figures.Ece, figures.EceLow, figures.EceHigh);
        Assert.Equal(CalibrationVerdict.Overconfident, figures.Judge(0.05));
    }

    [Fact]
    public void Of_WeightTwo_IsAsTheSamePredictionTwice()
    {
        var rows = Draw(4, 2000, confidence => confidence);
        JudgedPrediction[] doubled = [.. rows, .. rows.Take(900)];
        var weighted = rows.Select((row, index) => index < 900 ? row with { Weight = 2 } : row).ToArray();

        var (one, other) = (CalibrationFigures.Of(doubled)!, CalibrationFigures.Of(weighted)!);

        Assert.Equal(one.Ece, other.Ece, Rounding);
        Assert.Equal(one.Gap, other.Gap, Rounding);
        Assert.Equal(one.LogLoss, other.LogLoss, Rounding);
        Assert.Equal(one.Weight, other.Weight, Rounding);

        // (1100 + 2 × 900)² / (1100 + 4 × 900)
        Assert.Equal(2900.0 * 2900 / 4700, other.EffectiveCount, Rounding);
    }

    [Fact]
    public void Judge_CalibratedModels_AreNeverOverTheirLimitThoughTheirErrorIs()
    {
        var found = Enumerable.Range(0, 200).Select(seed => CalibrationFigures.Of(Draw(seed, CalibrationFigures.MinCount, confidence => confidence))!).ToArray();

        // What chance alone adds to an error of absolute gaps: without the mirrored interval, half of these would raise an alert.
        Assert.InRange(found.Count(figures => figures.Ece > 0.05), 50, 200);
        Assert.All(found, figures => Assert.Equal(CalibrationVerdict.WithinLimit, figures.Judge(0.05)));
    }

    [Theory]
    [InlineData(0.15, CalibrationVerdict.Overconfident)]
    [InlineData(-0.15, CalibrationVerdict.Underconfident)]
    public void Judge_FifteenPointsOff_IsFoundInAThousand(double off, CalibrationVerdict expected)
    {
        var found = Enumerable.Range(0, 50).Select(seed => CalibrationFigures.Of(Draw(seed, 1000, confidence => Math.Clamp(confidence - off, 0, 1), from: 0.6, to: 0.84))!.Judge(0.05)).ToArray();

        Assert.InRange(found.Count(verdict => verdict == expected), 48, 50);
    }

    [Fact]
    public void Judge_FewOutcomes_SaysNothing() =>
        Assert.Equal(CalibrationVerdict.TooFew, CalibrationFigures.Of(Draw(1, CalibrationFigures.MinCount - 1, _ => 0))!.Judge(0.05));

    [Fact]
    public void Of_BeyondWhatIsDrawnOneByOne_HasLikeIntervals()
    {
        // One prediction apart, on either side of where normal draws stand in for drawing each prediction.
        var rows = Draw(5, 10_001, confidence => confidence - 0.1);

        var (drawn, normal) = (CalibrationFigures.Of(rows.AsSpan(0, 10_000))!, CalibrationFigures.Of(rows)!);

        // A hundredth of a point; the intervals are 1.5 points wide.
        Assert.Equal(drawn.EceLow, normal.EceLow, 0.002);
        Assert.Equal(drawn.EceHigh, normal.EceHigh, 0.002);
    }

    [Fact]
    public void Of_OneConfidence_IsOneBin()
    {
        var figures = CalibrationFigures.Of([.. Enumerable.Range(0, 100).Select(row => Row(0.9f, row < 60))])!;

        var bin = Assert.Single(figures.Bins);
        Assert.Equal((100, 0.6), (bin.Count, bin.Frequency));
        Assert.Equal(0.3, figures.Ece, Rounding);

        // Wilson's interval of 60 of 100, by the table.
        Assert.Equal(0.502, bin.FrequencyLow, 0.0005);
        Assert.Equal(0.691, bin.FrequencyHigh, 0.0005);
    }

    [Fact]
    public void Of_Nothing_IsNull() => Assert.Null(CalibrationFigures.Of([]));

    private static JudgedPrediction[] Draw(int seed, int count, Func<double, double> right, double from = 0.5, double to = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var confidence = (float)(from + ((to - from) * random.NextDouble()));
            return Row(confidence, random.NextDouble() < right(confidence));
        })];
    }

    private static JudgedPrediction Row(float confidence, bool isRight)
    {
        var truth = isRight ? confidence : 1 - confidence;
        return new JudgedPrediction(confidence, isRight, -MathF.Log(MathF.Max(truth, 1e-6f)), 2 * (1 - truth) * (1 - truth));
    }
}
