using Samples.Training;

namespace Samples.Intent;

/// <summary>How good scores are on rows that training never saw.</summary>
/// <param name="Auc">Area under the ROC curve.</param>
/// <param name="Accuracy">Share of rows on the right side of one half.</param>
/// <param name="LogLoss">Mean negative log probability of what happened, in nats.</param>
/// <param name="Ece">Expected calibration error of the predicted class over 15 bins.</param>
public sealed record Quality(double Auc, double Accuracy, double LogLoss, double Ece)
{
    /// <param name="scores">Probabilities of a purchase, strictly between 0 and 1.</param>
    /// <param name="positive">Whether there was one.</param>
    public static Quality Of(double[] scores, bool[] positive)
    {
        var confidences = new double[scores.Length];
        var correct = new bool[scores.Length];
        var loss = 0.0;
        for (var row = 0; row < scores.Length; row++)
        {
            confidences[row] = Math.Max(scores[row], 1 - scores[row]);
            correct[row] = scores[row] >= 0.5 == positive[row];
            loss -= Math.Log(positive[row] ? scores[row] : 1 - scores[row]);
        }

        return new Quality(
            Round(RankingQuality.Auc(scores, positive)),
            Round((double)correct.Count(right => right) / correct.Length),
            Round(loss / scores.Length),
            Round(CalibrationError.Of(confidences, correct)));
    }

    /// <summary>Six decimals: what the figures are kept to.</summary>
    public static double Round(double figure) => Math.Round(figure, 6);
}
