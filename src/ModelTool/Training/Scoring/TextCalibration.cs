using ModelTool.Calibrating;
using Scoring.Configuration;

namespace ModelTool.Training.Scoring;

/// <summary>Calibrations fitted to validation texts.</summary>
internal static class TextCalibration
{
    private const int Decimals = 4;

    /// <summary>One temperature.</summary>
    public static CalibrationConfig Temperature(float[][] probabilities, int[][] labels, bool isMultilabel) =>
        Rounded(new CalibrationConfig { Method = CalibrationMethod.Temperature, Temperature = LogitFit.Temperature(TextQuality.ToRows(probabilities, labels, isMultilabel)) });

    /// <summary>A temperature, or a scale and an offset a label where these are better on texts that they were not fitted to, by more than chance.</summary>
    public static CalibrationConfig Best(float[][] probabilities, int[][] labels, bool isMultilabel)
    {
        var rows = TextQuality.ToRows(probabilities, labels, isMultilabel);
        if (isMultilabel || !CalibrationFit.Methods(rows.Width).Contains(CalibrationMethod.Vector))
        {
            return Temperature(probabilities, labels, isMultilabel);
        }

        var trials = CalibrationFit.Compare(rows).Where(trial => trial.Method is CalibrationMethod.Temperature or CalibrationMethod.Vector).ToList();
        return Rounded(CalibrationFit.Fit(CalibrationFit.Choose(trials).Method!.Value, rows)!);
    }

    private static CalibrationConfig Rounded(CalibrationConfig config) => config with
    {
        Temperature = double.IsFinite(config.Temperature) && config.Temperature > 0 ? Math.Max(Math.Round(config.Temperature, Decimals), 1e-4) : 1,
        Scales = [.. config.Scales.Select(scale => Math.Round(scale, Decimals))],
        Offsets = [.. config.Offsets.Select(offset => Math.Round(offset, Decimals))],
    };
}
