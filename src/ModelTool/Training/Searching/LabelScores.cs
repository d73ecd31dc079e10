using ModelTool.Training.Fitting;
using ModelTool.Training.Texts;

namespace ModelTool.Training.Searching;

/// <summary>Probabilities of labels beside the labels that texts have.</summary>
internal static class LabelScores
{
    private const double Least = 1e-300;

    /// <summary>Softmax, or each score by itself.</summary>
    public static double[] Probabilities(double[] scores, bool isIndependent)
    {
        var largest = isIndependent ? 0 : scores.Max();
        var powers = Array.ConvertAll(scores, score => PortableMath.Exp(score - largest));
        var sum = powers.Sum();
        return Array.ConvertAll(powers, power => isIndependent ? power / (1 + power) : power / sum);
    }

    /// <summary>Quality and log loss over some texts.</summary>
    public static TrialFound Found(IReadOnlyList<double[]> probabilities, IReadOnlyList<int[]> labels, bool isMultilabel)
    {
        var loss = 0.0;
        for (var row = 0; row < labels.Count; row++)
        {
            for (var label = 0; label < probabilities[row].Length; label++)
            {
                var isOwn = labels[row].Contains(label);
                loss -= isOwn ? PortableMath.Log(Math.Max(probabilities[row][label], Least)) : isMultilabel ? PortableMath.Log(Math.Max(1 - probabilities[row][label], Least)) : 0;
            }
        }

        return new TrialFound(Quality([.. probabilities.Zip(labels, (row, own) => Counts(row, own, isMultilabel))]), loss / labels.Count);
    }

    /// <summary>Labels found rightly, named wrongly and missed. A text of one label is found or not.</summary>
    public static (int Right, int Wrong, int Missed) Counts(double[] probabilities, int[] labels, bool isMultilabel)
    {
        if (!isMultilabel)
        {
            var isRight = Array.IndexOf(probabilities, probabilities.Max()) == labels[0];
            return isRight ? (1, 0, 0) : (0, 1, 1);
        }

        var named = Enumerable.Range(0, probabilities.Length).Where(label => probabilities[label] >= 0.5).ToArray();
        var right = named.Intersect(labels).Count();
        return (right, named.Length - right, labels.Length - right);
    }

    /// <summary>F1 over all labels of all texts; of one label a text that is accuracy.</summary>
    public static double Quality(IReadOnlyList<(int Right, int Wrong, int Missed)> counts)
    {
        double right = counts.Sum(row => row.Right), off = counts.Sum(row => row.Wrong + row.Missed);
        return right + off > 0 ? 2 * right / ((2 * right) + off) : 0;
    }

    /// <summary>The labels of some rows.</summary>
    public static int[][] LabelsOf(TextSet texts, IReadOnlyList<int> rows) => [.. rows.Select(row => texts.Rows[row].Labels)];
}
