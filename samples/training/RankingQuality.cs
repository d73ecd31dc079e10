namespace Samples.Training;

/// <summary>How well a score ranks one class above the other.</summary>
public static class RankingQuality
{
    /// <summary>
    /// Area under the ROC curve: the chance that a random positive row scores above a random negative one, ties counting half.
    /// NaN where a class has no row.
    /// </summary>
    public static double Auc(ReadOnlySpan<double> scores, ReadOnlySpan<bool> positive)
    {
        var order = new int[scores.Length];
        for (var row = 0; row < order.Length; row++)
        {
            order[row] = row;
        }

        Array.Sort(scores.ToArray(), order);

        // Ranks from 1; the rows of a tie share their mean rank.
        double rankSum = 0, positives = 0;
        for (var first = 0; first < order.Length;)
        {
            var next = first + 1;
            while (next < order.Length && scores[order[next]].Equals(scores[order[first]]))
            {
                next++;
            }

            var rank = (first + 1 + next) / 2.0;
            for (; first < next; first++)
            {
                if (positive[order[first]])
                {
                    rankSum += rank;
                    positives++;
                }
            }
        }

        var negatives = scores.Length - positives;
        return (rankSum - (positives * (positives + 1) / 2)) / (positives * negatives);
    }
}
