using Scoring.Calibration;
using Scoring.Configuration;

namespace Scoring.Tests.Calibration;

public sealed class CalibratorTests
{
    /// <summary>float32 probabilities: a unit in the last place near 1 is 6e-8.</summary>
    private const double Tolerance = 1e-6;

    private static float[] Apply(CalibrationConfig config, float[] row, bool independent = false)
    {
        var result = row.ToArray();
        Calibrator.Create(config, row.Length, independent).Apply(result);
        return result;
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2.5)]
    public void Apply_Temperature_DividesLogits(double temperature)
    {
        float[] row = [0.7f, 0.2f, 0.1f];
        var powers = row.Select(probability => Math.Pow(probability, 1 / temperature)).ToArray();

        var result = Apply(new() { Method = CalibrationMethod.Temperature, Temperature = temperature }, row);

        for (var index = 0; index < row.Length; index++)
        {
            Assert.Equal(powers[index] / powers.Sum(), result[index], Tolerance);
        }
    }

    [Fact]
    public void Apply_Vector_ScalesAndShiftsEachLogit()
    {
        var result = Apply(new() { Method = CalibrationMethod.Vector, Scales = [1, 2], Offsets = [0.5, -0.5] }, [0.6f, 0.4f]);

        var first = 0.6 * Math.Exp(0.5);
        var second = 0.4 * 0.4 * Math.Exp(-0.5);
        Assert.Equal(first / (first + second), result[0], Tolerance);
        Assert.Equal(1, result[0] + result[1], Tolerance);
    }

    [Theory]
    [InlineData(CalibrationMethod.Temperature)]
    [InlineData(CalibrationMethod.Vector)]
    public void Apply_MapOfTheGreatest_LeavesTheRestToTheOthersInProportion(CalibrationMethod method)
    {
        var config = new CalibrationConfig { Method = method, Scales = method == CalibrationMethod.Vector ? [1, 1, 1] : [], Offsets = [0, 0, 0], Scores = [0.4, 0.8], Frequencies = [0.5, 0.7] };

        Assert.All(Apply(config, [0.1f, 0.6f, 0.3f]).Zip([0.1, 0.6, 0.3]), pair => Assert.Equal(pair.Second, pair.First, Tolerance));
        Assert.All(Apply(config, [0.1f, 0.9f, 0]).Zip([0.3, 0.7, 0]), pair => Assert.Equal(pair.Second, pair.First, Tolerance));
    }

    // Mapped to 0.1 it would fall behind the others.
    [Fact]
    public void Apply_MapOfTheGreatestBelowTheNext_KeepsTheRanking()
    {
        var config = new CalibrationConfig { Method = CalibrationMethod.Temperature, Scores = [0.4, 0.8], Frequencies = [0.1, 0.7] };

        var result = Apply(config, [0.35f, 0.4f, 0.25f]);

        Assert.Equal(1, result.Sum(), Tolerance);
        Assert.True(result[1] > result[0]);
        Assert.Equal([0.35 / 0.95, 0.35 / 0.95, 0.25 / 0.95], result.Select(value => (double)value), (one, other) => Math.Abs(one - other) < Tolerance);
    }

    [Fact]
    public void Create_MapOfTheGreatestOfIndependentLabels_IsRefused() =>
        Assert.Contains("independent", Assert.Throws<ScoringException>(() => Apply(new() { Method = CalibrationMethod.Temperature, Scores = [0, 1], Frequencies = [0, 1] }, [0.5f, 0.8f], independent: true)).Message, StringComparison.Ordinal);

    [Fact]
    public void Apply_Platt_MapsTheSecondLabelsLogit()
    {
        var result = Apply(new() { Method = CalibrationMethod.Platt, Scales = [0.5], Offsets = [-0.2] }, [0.1f, 0.9f]);

        Assert.Equal(1 / (1 + Math.Exp(-((0.5 * Math.Log(9)) - 0.2))), result[1], Tolerance);
        Assert.Equal(1 - result[1], result[0], Tolerance);
    }

    [Fact]
    public void Apply_Isotonic_InterpolatesAndClamps()
    {
        var config = new CalibrationConfig { Method = CalibrationMethod.Isotonic, Scores = [0.2, 0.6], Frequencies = [0.1, 0.3] };

        Assert.Equal(0.1, Apply(config, [0.9f, 0.1f])[1], Tolerance);
        Assert.Equal(0.2, Apply(config, [0.6f, 0.4f])[1], Tolerance);
        Assert.Equal(0.3, Apply(config, [0.1f, 0.9f])[1], Tolerance);
    }

    [Fact]
    public void Apply_Independent_LeavesEachScoreToItself()
    {
        var config = new CalibrationConfig { Method = CalibrationMethod.Platt, Scales = [1, 2], Offsets = [0, 0] };

        var result = Apply(config, [0.5f, 0.8f], independent: true);

        Assert.Equal(0.5, result[0], Tolerance);
        Assert.Equal(16.0 / 17, result[1], Tolerance);
    }

    [Fact]
    public void Apply_CertainScores_StayFinite()
    {
        var result = Apply(new() { Method = CalibrationMethod.Temperature, Temperature = 3 }, [1, 0]);

        Assert.All(result, score => Assert.True(float.IsFinite(score)));
        Assert.True(result[0] > result[1]);
    }

    [Fact]
    public void Create_MapThatDoesNotFit_IsRefused()
    {
        Assert.Throws<ScoringException>(() => Calibrator.Create(new() { Method = CalibrationMethod.Vector, Scales = [1], Offsets = [0] }, 2, independent: false));
        Assert.Throws<ScoringException>(() => Calibrator.Create(new() { Method = CalibrationMethod.Platt, Scales = [1], Offsets = [0] }, 3, independent: false));
    }

    [Fact]
    public void Softmax_LargeLogits_StaysFinite()
    {
        float[] row = [1000, 999, -1000];

        Softmax.Apply(row, independent: false);

        Assert.Equal(1 / (1 + Math.Exp(-1)), row[0], Tolerance);
        Assert.Equal(0, row[2]);
    }
}
