using System.Globalization;
using System.Text;

namespace Samples.Intent;

/// <summary>The part of the README that states figures, written from metrics.json.</summary>
public static class Figures
{
    /// <summary>Name of the README's generated block.</summary>
    public const string Block = "figures";

    public static string Render(IntentMetrics metrics)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            Seed {metrics.Seed} splits {metrics.Sessions:N0} sessions into {metrics.TrainSessions:N0} to train on and {metrics.TestSessions:N0} held out ({metrics.TestPurchases} of them purchases);
            {metrics.BlankRows} rows with blank cells are left out. Cross-validation in the training rows chose a regularisation of {metrics.Lambda}.

            | on the {metrics.TestSessions:N0} held-out sessions | AUC | accuracy | log loss | ECE, 15 bins |
            | --- | --- | --- | --- | --- |
            | the model | {Row(metrics.Model)} |
            | majority baseline: always `browse`, at the training rows' rate | {Row(metrics.Majority)} |
            | trained without `BounceRates`, `ExitRates`, `PageValues` | {Row(metrics.WithoutAnalytics)} |
            | the model, these three left to their defaults | {Row(metrics.AnalyticsDefaulted)} |

            | probability of a purchase | held-out sessions | predicted, mean | observed |
            | --- | --- | --- | --- |

            """);
        foreach (var bin in metrics.Reliability)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {bin.From:0.00} to {bin.To:0.00} | {bin.Sessions:N0} | {bin.Predicted:0.000} | {bin.Observed:0.000} |\n");
        }

        text.Append(
            CultureInfo.InvariantCulture,
            $"\nThe data set repeats some sessions: {metrics.TestSessionsAlsoInTraining} held-out rows have the inputs of a training row.\n");
        return text.ToString().Trim('\n');
    }

    private static string Row(Quality quality) => string.Create(
        CultureInfo.InvariantCulture,
        $"{quality.Auc:0.0000} | {quality.Accuracy:0.0000} | {quality.LogLoss:0.0000} | {quality.Ece:0.0000}");
}
