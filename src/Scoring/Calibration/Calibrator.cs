using Scoring.Configuration;

namespace Scoring.Calibration;

/// <summary>Maps a row of probabilities to calibrated ones in place. Immutable, thread safe, allocation-free.</summary>
public sealed class Calibrator
{
    /// <summary>Probabilities of exactly 0 or 1 have no finite logit; the nearest that a float32 softmax can tell apart from 1 stands in.</summary>
    internal const double MinMargin = 1e-7;

    /// <summary>A logarithm is finite down to the least that float32 holds: a softmax over many labels gives probabilities far below <see cref="MinMargin"/>.</summary>
    internal const double MinProbability = float.Epsilon;

    /// <summary>How far, of its own size, the greatest probability stays before the next where its map would put it behind: some steps of float32.</summary>
    private const double Ahead = 1e-6;

    private readonly CalibrationConfig config;
    private readonly bool independent;

    private Calibrator(CalibrationConfig config, bool independent)
    {
        this.config = config;
        this.independent = independent;
    }

    /// <summary>Makes a calibrator.</summary>
    /// <param name="config">The fitted map.</param>
    /// <param name="labelCount">Scores of one row.</param>
    /// <param name="independent">True where scores are independent (multilabel) rather than a distribution.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/> when the map does not fit the count of labels.</exception>
    public static Calibrator Create(CalibrationConfig config, int labelCount, bool independent)
    {
        var expected = config.Method switch
        {
            CalibrationMethod.Vector => labelCount,
            CalibrationMethod.Platt => independent ? labelCount : 1,
            _ => 0,
        };
        if (config.Scales.Count != expected)
        {
            throw new ScoringException(ErrorCode.ModelUnavailable, $"calibration has {config.Scales.Count} scales; expected {expected} for {labelCount} labels.");
        }

        if (!independent && labelCount != 2 && config.Method is CalibrationMethod.Platt)
        {
            throw new ScoringException(ErrorCode.ModelUnavailable, $"Platt calibration needs 2 labels; the model has {labelCount}. Use temperature or vector.");
        }

        if (independent && config.MapsTop)
        {
            throw new ScoringException(ErrorCode.ModelUnavailable, "calibration maps the greatest probability, of labels of which one is true; the model's are independent.");
        }

        return new Calibrator(config, independent);
    }

    /// <summary>Calibrates one row in place.</summary>
    public void Apply(Span<float> row)
    {
        if (config.Method == CalibrationMethod.Isotonic)
        {
            ApplyIsotonic(row);
        }
        else if (independent)
        {
            for (var index = 0; index < row.Length; index++)
            {
                row[index] = (float)Logistic((Scale(index) * Logit(row[index])) + Offset(index));
            }
        }
        else if (config.Method == CalibrationMethod.Platt)
        {
            row[1] = (float)Logistic((Scale(0) * Logit(row[1])) + Offset(0));
            row[0] = 1 - row[1];
        }
        else
        {
            ApplySoftmax(row);
        }
    }

    private void ApplySoftmax(Span<float> row)
    {
        // log p is a logit up to a constant of the row, which softmax ignores.
        var largest = double.NegativeInfinity;
        for (var index = 0; index < row.Length; index++)
        {
            largest = Math.Max(largest, Adjusted(row[index], index));
        }

        var sum = 0.0;
        for (var index = 0; index < row.Length; index++)
        {
            sum += Math.Exp(Adjusted(row[index], index) - largest);
        }

        for (var index = 0; index < row.Length; index++)
        {
            row[index] = (float)(Math.Exp(Adjusted(row[index], index) - largest) / sum);
        }

        if (config.MapsTop)
        {
            MapTop(row);
        }
    }

    // The others share what the greatest leaves them, in proportion. It stays the greatest: it is mapped no lower than to where the next would meet it.
    private void MapTop(Span<float> row)
    {
        var top = 0;
        for (var index = 1; index < row.Length; index++)
        {
            top = row[index] > row[top] ? index : top;
        }

        double others = 0, next = 0;
        for (var index = 0; index < row.Length; index++)
        {
            if (index != top)
            {
                others += row[index];
                next = Math.Max(next, row[index]);
            }
        }

        if (others > 0)
        {
            var mapped = Math.Max(Interpolate(row[top]), next / (others + next) * (1 + Ahead));
            for (var index = 0; index < row.Length; index++)
            {
                row[index] = (float)(index == top ? mapped : row[index] / others * (1 - mapped));
            }
        }
    }

    private void ApplyIsotonic(Span<float> row)
    {
        if (row.Length == 2 && !independent)
        {
            row[1] = (float)Interpolate(row[1]);
            row[0] = 1 - row[1];
            return;
        }

        var sum = 0.0;
        for (var index = 0; index < row.Length; index++)
        {
            row[index] = (float)Interpolate(row[index]);
            sum += row[index];
        }

        for (var index = 0; !independent && sum > 0 && index < row.Length; index++)
        {
            row[index] = (float)(row[index] / sum);
        }
    }

    private double Interpolate(double score)
    {
        var scores = config.Scores;
        if (score <= scores[0])
        {
            return config.Frequencies[0];
        }

        var low = 0;
        var high = scores.Count - 1;
        if (score >= scores[high])
        {
            return config.Frequencies[high];
        }

        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (scores[middle] <= score)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        var share = (score - scores[low]) / (scores[high] - scores[low]);
        return config.Frequencies[low] + (share * (config.Frequencies[high] - config.Frequencies[low]));
    }

    private double Adjusted(double probability, int index) => (Scale(index) * Math.Log(Math.Max(probability, MinProbability))) + Offset(index);

    private double Scale(int index) => config.Method == CalibrationMethod.Temperature ? 1 / config.Temperature : config.Scales[index];

    private double Offset(int index) => config.Method == CalibrationMethod.Temperature ? 0 : config.Offsets[index];

    private static double Logit(double probability)
    {
        var inside = Math.Clamp(probability, MinMargin, 1 - MinMargin);
        return Math.Log(inside / (1 - inside));
    }

    private static double Logistic(double logit) => 1 / (1 + Math.Exp(-logit));
}
