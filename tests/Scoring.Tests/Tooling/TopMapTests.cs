using ModelTool.Calibrating;
using ModelTool.Training.Fitting;
using Scoring.Calibration;
using Scoring.Configuration;

namespace Scoring.Tests.Tooling;

/// <summary>Labels of which a share is set at random: what a temperature alone cannot tell, and a map of the greatest probability can.</summary>
public sealed class TopMapTests
{
    private const int Labels = 5;
    private const double Wrong = 0.1;

    [Fact]
    public void Fit_WithAMapOfTheGreatest_IsCalibratedWhereTheMethodAloneIsNot()
    {
        var (fit, test) = (Rows(count: 6000, seed: 2), Rows(count: 6000, seed: 3));

        var plain = CalibrationQuality.Of(CalibrationFit.Apply(CalibrationFit.Fit(CalibrationMethod.Temperature, fit, mapsTop: false)!, test));
        var mapped = CalibrationQuality.Of(CalibrationFit.Apply(CalibrationFit.Fit(CalibrationMethod.Temperature, fit, mapsTop: true)!, test));

        Assert.True(mapped.Ece < plain.Ece - 0.01, $"{mapped.Ece} beside {plain.Ece}");
        Assert.True(mapped.LogLoss < plain.LogLoss, $"{mapped.LogLoss} beside {plain.LogLoss}");
        Assert.Equal(plain.Accuracy, mapped.Accuracy);
    }

    [Fact]
    public void Choose_LabelsAtRandom_TakesTheMapAndNoneWhereThereAreNone()
    {
        (CalibrationMethod, bool)[] ways = [(CalibrationMethod.Temperature, false), (CalibrationMethod.Temperature, true)];

        Assert.True(CalibrationFit.Choose(CalibrationFit.Compare(Rows(count: 4000, seed: 4, wrong: 0.25), ways)).MapsTop);
        Assert.False(CalibrationFit.Choose(CalibrationFit.Compare(Rows(count: 4000, seed: 5, wrong: 0), ways)).MapsTop);
    }

    [Fact]
    public void Fit_AFewRows_MapsNothing() => Assert.Null(TopMapFit.Fit(Rows(count: 59, seed: 6)));

    [Fact]
    public void Fit_AnyRows_GivesAMapThatModelJsonTakes()
    {
        var (scores, frequencies) = TopMapFit.Fit(Rows(count: 1000, seed: 7))!.Value;

        Assert.InRange(scores.Length, 2, 16);
        Assert.Equal(scores, scores.Distinct().Order());
        Assert.Equal(frequencies, frequencies.Order());
        Assert.All(frequencies, frequency => Assert.InRange(frequency, 0.01, 0.9999));
    }

    [Fact]
    public void ByChance_ConfidencesThatAreTrue_IsWhatTheirErrorIsOnAverage()
    {
        // Twenty samples of 500 rows, each right as often as it says.
        var errors = Enumerable.Range(0, 20).Select(sample =>
        {
            var random = new SeededRandom((ulong)sample + 10);
            var confidences = Enumerable.Range(0, 500).Select(_ => 0.5 + (random.NextDouble() / 2)).ToArray();
            return (Found: CalibrationQuality.EceOf(confidences, Array.ConvertAll(confidences, confidence => random.NextDouble() < confidence)), Chance: CalibrationQuality.ByChance(confidences));
        }).ToList();

        Assert.InRange(errors[0].Chance, 0.02, 0.06);
        Assert.Equal(errors.Average(error => error.Found), errors.Average(error => error.Chance), 0.006);
    }

    // Twice as sure as is true, and a share of the labels set at random.
    private static ScoredRows Rows(int count, ulong seed, double wrong = Wrong)
    {
        var random = new SeededRandom(seed);
        var (probabilities, labels) = (new float[count][], new int[count]);
        for (var row = 0; row < count; row++)
        {
            var logits = Enumerable.Range(0, Labels).Select(_ => 8 * random.NextDouble()).ToArray();
            probabilities[row] = Softmaxed(logits, 2);
            labels[row] = random.NextDouble() < wrong ? random.Next(Labels) : Drawn(Softmaxed(logits, 1), random.NextDouble());
        }

        return new ScoredRows(probabilities, labels);
    }

    private static float[] Softmaxed(double[] logits, double scale)
    {
        var row = Array.ConvertAll(logits, logit => (float)(logit * scale));
        Softmax.Apply(row, independent: false);
        return row;
    }

    private static int Drawn(float[] probabilities, double at)
    {
        var label = 0;
        for (var sum = (double)probabilities[0]; sum < at && label < Labels - 1; sum += probabilities[++label])
        {
        }

        return label;
    }
}
