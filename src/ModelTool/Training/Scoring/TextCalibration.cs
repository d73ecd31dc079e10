using ModelTool.Calibrating;
using Scoring.Configuration;

namespace ModelTool.Training.Scoring;

/// <summary>Calibrations fitted to validation texts.</summary>
internal static class TextCalibration
{
    private const int Decimals = 4;

    // Sure answers differ beyond the fourth decimal.
    private const int MapDecimals = 6;

    /// <summary>One temperature.</summary>
    public static CalibrationConfig Temperature(float[][] probabilities, int[][] labels, bool isMultilabel) =>
        Rounded(new CalibrationConfig { Method = CalibrationMethod.Temperature, Temperature = LogitFit.Temperature(TextQuality.ToRows(probabilities, labels, isMultilabel)) });

    /// <summary>
    /// A temperature, or a scale and an offset a label, each with or without a map of the greatest probability: the simplest that no other beats by more than chance on texts that it
    /// was not fitted to.
    /// </summary>
    public static CalibrationConfig Best(float[][] probabilities, int[][] labels, bool isMultilabel)
    {
        var rows = TextQuality.ToRows(probabilities, labels, isMultilabel);
        if (isMultilabel)
        {
            return Temperature(probabilities, labels, isMultilabel);
        }

        var ways = CalibrationFit.Methods(rows.Width).Where(method => method is CalibrationMethod.Temperature or CalibrationMethod.Vector).SelectMany(method => new[] { (method, false), (method, true) });
        var chosen = CalibrationFit.Choose([.. CalibrationFit.Compare(rows, ways).Where(trial => trial.Method is not null)]);
        return RoundedMap(Rounded(CalibrationFit.Fit(chosen.Method!.Value, rows, chosen.MapsTop)!));
    }

    private static CalibrationConfig Rounded(CalibrationConfig config) => config with
    {
        Temperature = double.IsFinite(config.Temperature) && config.Temperature > 0 ? Math.Max(Math.Round(config.Temperature, Decimals), 1e-4) : 1,
        Scales = [.. config.Scales.Select(scale => Math.Round(scale, Decimals))],
        Offsets = [.. config.Offsets.Select(offset => Math.Round(offset, Decimals))],
    };

    // Corners that are one once they are rounded are one.
    private static CalibrationConfig RoundedMap(CalibrationConfig config)
    {
        var corners = config.Scores.Zip(config.Frequencies).GroupBy(corner => Math.Round(corner.First, MapDecimals)).Select(same => (Score: same.Key, Frequency: Math.Round(same.Max(corner => corner.Second), MapDecimals))).ToArray();
        return corners.Length < 2 ? config with { Scores = [], Frequencies = [] } : config with { Scores = [.. corners.Select(corner => corner.Score)], Frequencies = [.. corners.Select(corner => corner.Frequency)] };
    }
}
