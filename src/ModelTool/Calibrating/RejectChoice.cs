namespace ModelTool.Calibrating;

/// <summary>The least probability at which a label is named, so that so many of the labels named are right.</summary>
/// <param name="WantedPrecision">The share of named labels that are to be right.</param>
/// <param name="MinProbability">What model.json is to say; 0 where every label may be named, null where no probability will do.</param>
/// <param name="Precision">The share of named labels that are right, of rows by which the probability was not chosen.</param>
/// <param name="PrecisionLow">Lower end of its 95 % interval (Wilson 1927).</param>
/// <param name="PrecisionHigh">Upper end.</param>
/// <param name="Coverage">The share of those rows for which a label is named.</param>
/// <param name="Accuracy">The share of right labels where one is always named.</param>
internal sealed record RejectChoice(double WantedPrecision, double? MinProbability, double Precision, double PrecisionLow, double PrecisionHigh, double Coverage, double Accuracy)
{
    private const int Folds = 5;
    private const int Seed = 6;

    // Quantile of the normal distribution for an interval of 95 %.
    private const double Z = 1.96;

    /// <summary>Chooses by all rows, and judges each fifth of them by what the other four would have chosen.</summary>
    public static RejectChoice Of(ScoredRows rows, double wanted)
    {
        var (confidences, correct) = CalibrationQuality.Top(rows);
        var order = Enumerable.Range(0, rows.Count).ToArray();
        new Random(Seed).Shuffle(order);
        var (named, right) = (0, 0);
        for (var fold = 0; fold < Folds; fold++)
        {
            var least = Least(confidences, correct, order.Where((_, place) => place % Folds != fold), wanted) ?? double.PositiveInfinity;
            foreach (var row in order.Where((_, place) => place % Folds == fold && confidences[order[place]] >= least))
            {
                named++;
                right += correct[row] ? 1 : 0;
            }
        }

        var (low, high) = Interval(right, named);
        return new RejectChoice(
            wanted, Least(confidences, correct, order, wanted), named == 0 ? 0 : (double)right / named, low, high, (double)named / rows.Count, correct.Average(isRight => isRight ? 1.0 : 0));
    }

    // The most rows, surest first, of which enough are right. Rows of one confidence stand or fall together.
    private static double? Least(double[] confidences, bool[] correct, IEnumerable<int> among, double wanted)
    {
        var rows = among.OrderByDescending(row => confidences[row]).ToArray();
        var (right, kept) = (0, 0);
        for (var index = 0; index < rows.Length; index++)
        {
            right += correct[rows[index]] ? 1 : 0;
            var isLastOfItsConfidence = index + 1 == rows.Length || confidences[rows[index + 1]] < confidences[rows[index]];
            if (isLastOfItsConfidence && right >= wanted * (index + 1))
            {
                kept = index + 1;
            }
        }

        return kept == 0 ? null : kept == rows.Length ? 0 : Between(confidences[rows[kept]], confidences[rows[kept - 1]]);
    }

    // Halfway, so that the last bits of a sum decide nothing; with as few digits as still part the two.
    private static double Between(double dropped, double kept)
    {
        var middle = (dropped + kept) / 2;
        for (var digits = 2; digits < 8; digits++)
        {
            if (Math.Round(middle, digits) is var rounded && rounded > dropped && rounded < kept)
            {
                return rounded;
            }
        }

        return middle;
    }

    private static (double Low, double High) Interval(int right, int count)
    {
        if (count == 0)
        {
            return (0, 1);
        }

        var share = (double)right / count;
        var centre = (share + (Z * Z / (2 * count))) / (1 + (Z * Z / count));
        var half = Z / (1 + (Z * Z / count)) * Math.Sqrt((share * (1 - share) / count) + (Z * Z / (4.0 * count * count)));
        return (Math.Max(0, centre - half), Math.Min(1, centre + half));
    }
}
