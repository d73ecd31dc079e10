using Scoring.Features;

namespace Scoring.Configuration;

/// <summary>Reads the object <c>calibration</c> of a <c>model.json</c>.</summary>
internal static class CalibrationConfigReader
{
    public static CalibrationConfig? Read(ConfigNode node)
    {
        var method = node.RequiredText("method");
        var isMap = method == "isotonic";
        CalibrationConfig? config = method switch
        {
            "temperature" => new() { Method = CalibrationMethod.Temperature, Temperature = node.Number("temperature") ?? 1 },
            "vector" => new() { Method = CalibrationMethod.Vector, Scales = node.Numbers("scales"), Offsets = node.Numbers("offsets") },
            "platt" => new() { Method = CalibrationMethod.Platt, Scales = node.Numbers("scales"), Offsets = node.Numbers("offsets") },
            "isotonic" => new() { Method = CalibrationMethod.Isotonic, Scores = node.Numbers("scores"), Frequencies = node.Numbers("frequencies") },
            _ => null,
        };
        if (config?.Method is CalibrationMethod.Temperature or CalibrationMethod.Vector && (node.Has("scores") || node.Has("frequencies")))
        {
            config = config with { Scores = node.Numbers("scores"), Frequencies = node.Numbers("frequencies") };
            isMap = true;
        }

        switch (config)
        {
            case null when method is not null:
                node.Fault("method", $"found '{method}'; expected temperature, vector, platt, isotonic");
                return null;
            case null:
                return null;
            case { Method: CalibrationMethod.Temperature, Temperature: <= 0 }:
                node.Fault("temperature", FormattableString.Invariant($"found {config.Temperature}; expected more than 0"));
                break;
            case not null when isMap && (config.Scores.Count < 2 || config.Scores.Count != config.Frequencies.Count || !Rises(config.Scores, strictly: true) || !Rises(config.Frequencies, strictly: false)):
                node.Fault("scores", "expected at least two scores in increasing order and as many frequencies that never fall");
                break;
            case { Method: CalibrationMethod.Vector or CalibrationMethod.Platt } when config.Scales.Count == 0 || config.Scales.Count != config.Offsets.Count:
                node.Fault("scales", "expected as many scales as offsets, and at least one");
                break;
            default:
                break;
        }

        node.Finish("method, temperature (temperature); scales, offsets (vector, platt); scores, frequencies (isotonic, temperature, vector)");
        return config;
    }

    private static bool Rises(IReadOnlyList<double> values, bool strictly)
    {
        for (var index = 1; index < values.Count; index++)
        {
            if (strictly ? values[index] <= values[index - 1] : values[index] < values[index - 1])
            {
                return false;
            }
        }

        return true;
    }
}
