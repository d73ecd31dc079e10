using ModelTool.Advising;
using ModelTool.Calibrating;
using ModelTool.Measuring;
using Scoring.Calibration;
using Scoring.Configuration;
using Scoring.Features;

namespace Scoring.Tests.Tooling;

/// <summary>What advise says next can be pasted, and which way probabilities err is said.</summary>
public sealed class AdviseNextTests
{
    [Fact]
    public async Task Advise_Intent_PrintsTheCommandToPublishIt()
    {
        var run = await ToolRun.Of("advise", IntentPackages.Original, "--seconds", "0.1", "--json");

        Assert.Equal($"./dev model publish {Advice.Quoted(IntentPackages.Original)} --name intent", run.Json.GetProperty("next").GetString());
    }

    [Theory]
    [InlineData("dropCalibration", "./dev model calibrate 'my model' --drop")]
    [InlineData("calibrate", "./dev model calibrate 'my model' --data rows.csv")]
    [InlineData("quantize", "./dev model quantize 'my model' --sequence 128 --data rows.csv")]
    [InlineData("rework", "./dev model bench 'my model' --sequence 128")]
    public void Next_OfAVerdict_IsOneCommand(string verdict, string command) =>
        Assert.Equal(command, new Advice(verdict, "", []).Next("my model", " --data rows.csv", 128));

    [Fact]
    public void Direction_SaysNinetyAndSixtyComeTrue_Overstates()
    {
        var quality = CalibrationQuality.Of(Rows(0.9f, right: 62));

        Assert.Equal("the package overstates: where it says 0.90, 0.62 come true", quality.Direction);
        Assert.Equal(0.28, quality.Gap, 1e-6);
    }

    [Fact]
    public void Direction_SaysSixtyAndNinetyComeTrue_Understates()
    {
        var quality = CalibrationQuality.Of(Rows(0.6f, right: 90));

        Assert.Equal("the package understates: where it says 0.60, 0.90 come true", quality.Direction);
        Assert.Equal(-0.3, quality.Gap, 1e-6);
    }

    [Theory]
    [InlineData(0.2, true)]
    [InlineData(1, false)]
    public void Of_PackageWithACalibration_IsBetterWithoutAWrongOne(double temperature, bool isBetter)
    {
        var rows = Rows(0.8f, right: 80);
        var found = new PredictFound(rows.Probabilities, rows.Labels, "happened", 0, null);
        var config = ModelConfig.Empty with { Calibration = new CalibrationConfig { Method = CalibrationMethod.Temperature, Temperature = temperature } };

        var report = CalibrationReport.Of(found, config, 0.05);

        Assert.Equal(isBetter, report.IsBetterWithout);
    }

    [Fact]
    public void On_WrongCalibrationInThePackage_SaysToDropItFirst()
    {
        var rows = Rows(0.8f, right: 80);
        var found = new PredictFound(rows.Probabilities, rows.Labels, "happened", 0, null);
        var config = ModelConfig.Empty with { Calibration = new CalibrationConfig { Method = CalibrationMethod.Temperature, Temperature = 0.2 } };
        var work = new WorkFound(new(1, 1, 1), new(1, 1, 1), new(1, 1, 1), 1, 0, 0, "rows", 50);

        var advice = Advice.On(work, CalibrationReport.Of(found, config, 0.05), TimeSpan.FromMilliseconds(50), new Economics(1, 1, 1, 1, 1));

        Assert.Equal("dropCalibration", advice.Verdict);
        Assert.StartsWith("Drop the calibration in the package first", advice.Sentence, StringComparison.Ordinal);
    }

    private static ScoredRows Rows(float confidence, int right) =>
        new([.. Enumerable.Range(0, 100).Select(_ => (float[])[confidence, 1 - confidence])], [.. Enumerable.Range(0, 100).Select(row => row < right ? 0 : 1)]);
}
