using ModelTool.Calibrating;
using Scoring.Calibration;
using Scoring.Configuration;

namespace Scoring.Tests.Tooling;

public sealed class CalibrationInverseTests
{
    public static TheoryData<string> Calibrations => ["temperature", "platt", "vector", "isotonic"];

    [Theory]
    [MemberData(nameof(Calibrations))]
    public void Apply_AfterTheCalibration_GivesWhatTheModelGave(string method)
    {
        var config = method switch
        {
            "temperature" => new CalibrationConfig { Method = CalibrationMethod.Temperature, Temperature = 2.5 },
            "platt" => new CalibrationConfig { Method = CalibrationMethod.Platt, Scales = [0.4], Offsets = [-0.7] },
            "vector" => new CalibrationConfig { Method = CalibrationMethod.Vector, Scales = [0.5, 1.5, 0.9], Offsets = [0.3, -0.2, 0] },
            _ => new CalibrationConfig { Method = CalibrationMethod.Isotonic, Scores = [0, 0.3, 1], Frequencies = [0.05, 0.2, 0.9] },
        };
        var width = method == "vector" ? 3 : 2;
        var random = new Random(7);
        var rows = new ScoredRows([.. Enumerable.Range(0, 200).Select(_ => Row(random, width))], new int[200]);

        var back = CalibrationInverse.Apply(config, CalibrationFit.Apply(config, rows));

        // Probabilities are float32; a scale of 0.4 makes 2.5 times as much of their rounding.
        Assert.All(rows.Probabilities.Zip(back.Probabilities), pair => Assert.All(pair.First.Zip(pair.Second), each => Assert.Equal(each.First, each.Second, 1e-4)));
    }

    [Fact]
    public void Apply_ScoresOfOneFrequency_GivesTheirMiddle()
    {
        var config = new CalibrationConfig { Method = CalibrationMethod.Isotonic, Scores = [0.2, 0.4, 0.6, 0.8], Frequencies = [0.1, 0.5, 0.5, 0.9] };

        var back = CalibrationInverse.Apply(config, new ScoredRows([[0.5f, 0.5f], [0.95f, 0.05f], [0.05f, 0.95f]], [0, 0, 0]));

        Assert.Equal([0.5, 0.2, 0.8], back.Probabilities.Select(row => Math.Round(row[1], 6)));
    }

    [Fact]
    public void Apply_IsotonicOfThreeLabels_SaysThatItCannotBeTold()
    {
        var config = new CalibrationConfig { Method = CalibrationMethod.Isotonic, Scores = [0, 1], Frequencies = [0.1, 0.9] };

        Assert.Contains("--data FILE", Assert.Throws<FormatException>(() => CalibrationInverse.Apply(config, new ScoredRows([[0.2f, 0.3f, 0.5f]], [0]))).Message, StringComparison.Ordinal);
    }

    private static float[] Row(Random random, int width)
    {
        var row = Enumerable.Range(0, width).Select(_ => 0.02f + (float)random.NextDouble()).ToArray();
        return Array.ConvertAll(row, value => value / row.Sum());
    }
}
