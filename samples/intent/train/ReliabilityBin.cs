namespace Samples.Intent;

/// <summary>The held-out sessions whose probability of a purchase fell into one band.</summary>
/// <param name="From">Lower end, inclusive.</param>
/// <param name="To">Upper end, exclusive but for 1.</param>
/// <param name="Sessions">How many there are.</param>
/// <param name="Predicted">Their mean probability of a purchase.</param>
/// <param name="Observed">The share that did purchase.</param>
public sealed record ReliabilityBin(double From, double To, int Sessions, double Predicted, double Observed)
{
    private static readonly double[] Edges = [0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1];

    public static IReadOnlyList<ReliabilityBin> Of(double[] scores, bool[] positive)
    {
        var bins = new List<ReliabilityBin>();
        for (var edge = 0; edge < Edges.Length - 1; edge++)
        {
            double from = Edges[edge], to = Edges[edge + 1];
            var rows = Enumerable.Range(0, scores.Length)
                .Where(row => scores[row] >= from && (scores[row] < to || to >= 1))
                .ToArray();
            if (rows.Length > 0)
            {
                bins.Add(new ReliabilityBin(
                    from,
                    to,
                    rows.Length,
                    Quality.Round(rows.Average(row => scores[row])),
                    Quality.Round(rows.Average(row => positive[row] ? 1.0 : 0.0))));
            }
        }

        return bins;
    }
}
