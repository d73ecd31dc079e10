using ModelTool.Training.Fitting;
using Samples.Training;

namespace Samples.Topics;

/// <summary>Temperature scaling (Guo et al., 2017): one number that divides the scores, so that confidence meets accuracy and no ranking changes.</summary>
public static class Temperature
{
    /// <summary>The temperature, to four decimals, that gives the least log loss.</summary>
    /// <param name="scores">Scores before the softmax, of texts that training did not see.</param>
    /// <param name="topics">Their topics.</param>
    public static double Fit(IReadOnlyList<double[]> scores, IReadOnlyList<int> topics)
    {
        // The loss has one minimum in the inverse temperature: it is convex in it. Thirds of the interval fall away until it is narrow enough.
        double low = 0.05, high = 20;
        while (high - low > 1e-7)
        {
            double left = low + ((high - low) / 3), right = high - ((high - low) / 3);
            if (LogLoss(scores, topics, left) < LogLoss(scores, topics, right))
            {
                high = right;
            }
            else
            {
                low = left;
            }
        }

        return Math.Round(2 / (low + high), 4);
    }

    /// <summary>Probabilities at a temperature.</summary>
    public static double[] Softmax(double[] scores, double temperature)
    {
        var max = scores.Max();
        var powers = scores.Select(score => PortableMath.Exp((score - max) / temperature)).ToArray();
        var sum = powers.Sum();
        return [.. powers.Select(power => power / sum)];
    }

    private static double LogLoss(IReadOnlyList<double[]> scores, IReadOnlyList<int> topics, double inverse)
    {
        var loss = 0.0;
        for (var row = 0; row < scores.Count; row++)
        {
            loss -= PortableMath.Log(Math.Max(Softmax(scores[row], 1 / inverse)[topics[row]], 1e-300));
        }

        return loss;
    }
}
