namespace Scoring.Calibration;

/// <summary>How far the probabilities of judged predictions can be trusted. The order in which the predictions come changes nothing.</summary>
public sealed record CalibrationFigures
{
    /// <summary>Bins of the error and of the diagram.</summary>
    public const int BinCount = 15;

    /// <summary>The fewest predictions of which a verdict is given.</summary>
    public const int MinCount = 500;

    /// <summary>Predictions judged.</summary>
    public required int Count { get; init; }

    /// <summary>Sum of their weights.</summary>
    public required double Weight { get; init; }

    /// <summary>As many predictions of equal weight would tell as much (Kish 1965); <see cref="Count"/> where all weights are one.</summary>
    public required double EffectiveCount { get; init; }

    /// <summary>Expected calibration error over fifteen bins of equal mass: the gap between confidence and frequency, averaged over the bins. Predictions of one confidence share a bin.</summary>
    public required double Ece { get; init; }

    /// <summary>Lower end of its 95 % bootstrap interval, less what chance adds to an error of absolute gaps; see <see cref="EceInterval"/>.</summary>
    public required double EceLow { get; init; }

    /// <summary>Upper end.</summary>
    public required double EceHigh { get; init; }

    /// <summary>Mean confidence less accuracy: above 0 more is said than comes true.</summary>
    public required double Gap { get; init; }

    /// <summary>Mean squared distance of the probabilities from what came true, summed over the labels (Brier 1950).</summary>
    public required double Brier { get; init; }

    /// <summary>Mean negative natural logarithm of the probability of what came true.</summary>
    public required double LogLoss { get; init; }

    /// <summary>Share of predictions whose most probable label came true.</summary>
    public required double Accuracy { get; init; }

    /// <summary>The reliability diagram, by rising confidence; fewer than fifteen where few confidences differ.</summary>
    public required IReadOnlyList<ReliabilityBin> Bins { get; init; }

    /// <summary>Measures predictions.</summary>
    /// <returns>Null where there are none.</returns>
    public static CalibrationFigures? Of(ReadOnlySpan<JudgedPrediction> predictions)
    {
        if (predictions.IsEmpty)
        {
            return null;
        }

        var sorted = Sort(predictions);
        var (weight, squares, brier, loss) = (0.0, 0.0, 0.0, 0.0);
        foreach (var each in sorted)
        {
            weight += each.Weight;
            squares += (double)each.Weight * each.Weight;
            brier += (double)each.Weight * each.SquaredDistance;
            loss += (double)each.Weight * each.LogLoss;
        }

        var bins = EqualMassBins.Of(sorted, weight);
        var (ece, low, high) = EceInterval.Of(sorted, bins, weight);
        var right = bins.Sums.Sum(bin => bin.Right);
        return new CalibrationFigures
        {
            Count = sorted.Length,
            Weight = weight,
            EffectiveCount = weight * weight / squares,
            Ece = ece,
            EceLow = low,
            EceHigh = high,
            Gap = (bins.Sums.Sum(bin => bin.Confidence) - right) / weight,
            Brier = brier / weight,
            LogLoss = loss / weight,
            Accuracy = right / weight,
            Bins = [.. bins.Sums.Where(bin => bin.Count > 0).Select(bin => bin.ToBin())],
        };
    }

    /// <summary>What they say of a model that promises an error of at most <paramref name="limit"/>.</summary>
    public CalibrationVerdict Judge(double limit) =>
        EffectiveCount < MinCount ? CalibrationVerdict.TooFew
        : EceLow <= limit ? CalibrationVerdict.WithinLimit
        : Gap > 0 ? CalibrationVerdict.Overconfident : CalibrationVerdict.Underconfident;

    // By confidence; the rest of the order is by value too, so that sums and draws do not depend on how predictions came.
    private static JudgedPrediction[] Sort(ReadOnlySpan<JudgedPrediction> predictions)
    {
        var sorted = predictions.ToArray();
        Array.Sort(Array.ConvertAll(sorted, each => each.Confidence), sorted);
        for (var start = 0; start < sorted.Length;)
        {
            var end = start + 1;
            while (end < sorted.Length && sorted[end].Confidence == sorted[start].Confidence)
            {
                end++;
            }

            if (end - start > 1)
            {
                sorted.AsSpan(start, end - start).Sort((one, other) =>
                    (one.IsRight, one.LogLoss, one.SquaredDistance, one.Weight).CompareTo((other.IsRight, other.LogLoss, other.SquaredDistance, other.Weight)));
            }

            start = end;
        }

        return sorted;
    }
}
