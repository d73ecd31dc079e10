using Scoring.Calibration;
using Scoring.Configuration;

namespace ModelTool.Calibrating;

/// <summary>Takes a calibration off probabilities again: what the model itself gave, which another calibration can be fitted to. The opposite of <see cref="Calibrator"/>, of one label of several.</summary>
internal static class CalibrationInverse
{
    private const int MaxSteps = 200;

    /// <summary>The rows as they were before a calibration.</summary>
    /// <exception cref="FormatException">The calibration does not tell: an isotonic one of more than two labels.</exception>
    public static ScoredRows Apply(CalibrationConfig config, ScoredRows rows)
    {
        if (config.Method == CalibrationMethod.Isotonic && rows.Width != 2)
        {
            throw new FormatException("The package's isotonic calibration of more than two labels cannot be taken off again, so outcomes do not tell what the model itself gave. Calibrate it by rows with what happened: --data FILE.");
        }

        return rows with { Probabilities = Array.ConvertAll(rows.Probabilities, row => Inverse(config, row)) };
    }

    private static float[] Inverse(CalibrationConfig config, float[] row)
    {
        switch (config.Method)
        {
            case CalibrationMethod.Temperature:
                return Softmax(Array.ConvertAll(Logs(row), log => log * config.Temperature));
            case CalibrationMethod.Vector:
                return Vector(config, Logs(row));
            case CalibrationMethod.Platt:
                var inside = Math.Clamp(row[1], Calibrator.MinMargin, 1 - Calibrator.MinMargin);
                return OfSecond(1 / (1 + Math.Exp(-((Math.Log(inside / (1 - inside)) - config.Offsets[0]) / config.Scales[0]))));
            default:
                return OfSecond(Isotonic(config, row[1]));
        }
    }

    // A calibrated logarithm is scale × log p + offset less one number of the row. That number is the one at which the probabilities sum to 1; their sum rises with it.
    private static float[] Vector(CalibrationConfig config, double[] logs)
    {
        double[] At(double number) => [.. logs.Select((log, label) => (log - config.Offsets[label] + number) / config.Scales[label])];
        var (low, high) = (-1.0, 1.0);
        while (At(low).Sum(Math.Exp) > 1)
        {
            low *= 2;
        }

        while (At(high).Sum(Math.Exp) < 1)
        {
            high *= 2;
        }

        for (var step = 0; step < MaxSteps && high - low > 1e-12; step++)
        {
            var middle = (low + high) / 2;
            (low, high) = At(middle).Sum(Math.Exp) < 1 ? (middle, high) : (low, middle);
        }

        return Softmax(At(low));
    }

    // Where a frequency stands for several scores, the middle of them.
    private static double Isotonic(CalibrationConfig config, double frequency)
    {
        var (scores, frequencies) = (config.Scores, config.Frequencies);
        return (First(frequency) + Last(frequency)) / 2;

        double First(double wanted)
        {
            var index = 0;
            while (index < frequencies.Count && frequencies[index] < wanted)
            {
                index++;
            }

            return index == 0 ? scores[0] : index == frequencies.Count ? scores[^1] : Between(index - 1, wanted);
        }

        double Last(double wanted)
        {
            var index = frequencies.Count - 1;
            while (index >= 0 && frequencies[index] > wanted)
            {
                index--;
            }

            return index < 0 ? scores[0] : index == frequencies.Count - 1 ? scores[^1] : Between(index, wanted);
        }

        double Between(int below, double wanted)
        {
            var rise = frequencies[below + 1] - frequencies[below];
            return rise <= 0 ? scores[below] : scores[below] + ((wanted - frequencies[below]) / rise * (scores[below + 1] - scores[below]));
        }
    }

    private static float[] OfSecond(double second) => [(float)(1 - second), (float)second];

    private static double[] Logs(float[] row) => Array.ConvertAll(row, probability => Math.Log(Math.Max(probability, Calibrator.MinProbability)));

    private static float[] Softmax(double[] logs)
    {
        var largest = logs.Max();
        var sum = logs.Sum(log => Math.Exp(log - largest));
        return Array.ConvertAll(logs, log => (float)(Math.Exp(log - largest) / sum));
    }
}
