using Scoring.Calibration;
using Scoring.Outcomes.Reading;

namespace ModelTool.Calibrating;

/// <summary>What a version gave and what came of it, in the order of the predictions: the older part to fit to, the newer to judge by.</summary>
/// <param name="Count">Receipts with an outcome.</param>
/// <param name="Older">As the version gave them.</param>
/// <param name="Newer">As the version gave them.</param>
/// <param name="Figures">Of all of them.</param>
internal sealed record OutcomeRows(int Count, ScoredRows Older, ScoredRows Newer, CalibrationFigures Figures)
{
    private const double OlderShare = 0.7;

    // Receipts hold whole numbers of 1/65535: what they show as 0 is at most half of one.
    private const float Least = 0.5f / ushort.MaxValue;

    // More rows than these make a fit slower and no better.
    private const int MaxRows = 50_000;

    /// <summary>The outcomes of a version; null where there are none.</summary>
    public static OutcomeRows? Of(OutcomeGroup? group)
    {
        if (group is null || CalibrationFigures.Of(group.ToJudged()) is not { } figures)
        {
            return null;
        }

        var order = Enumerable.Range(0, group.Rows.Count).OrderBy(index => group.Rows[index].Issued).ThenBy(index => group.Rows[index].Nonce).ToArray();
        var cut = (int)(order.Length * OlderShare);
        return new OutcomeRows(order.Length, Take(group, order.AsSpan(0, cut)), Take(group, order.AsSpan(cut)), figures);
    }

    // Even steps over the sum of the weights: a row of twice the weight is met twice as often. As many steps as rows of one weight would tell as much; with one weight for all, each row once.
    private static ScoredRows Take(OutcomeGroup group, ReadOnlySpan<int> order)
    {
        var (weight, squares) = (0.0, 0.0);
        foreach (var index in order)
        {
            double each = group.Rows[index].Judged.Weight;
            weight += each;
            squares += each * each;
        }

        var count = order.IsEmpty ? 0 : Math.Min((int)Math.Round(weight * weight / squares), MaxRows);
        var (probabilities, labels) = (new List<float[]>(count), new List<int>(count));
        var (before, step) = (0.0, weight / Math.Max(count, 1));
        foreach (var index in order)
        {
            before += group.Rows[index].Judged.Weight;
            while (labels.Count < count && (labels.Count + 0.5) * step <= before)
            {
                probabilities.Add(Array.ConvertAll(group.Rows.Probabilities(index).ToArray(), probability => Math.Max(probability, Least)));
                labels.Add(group.Rows[index].Happened);
            }
        }

        return new ScoredRows([.. probabilities], [.. labels]);
    }
}
