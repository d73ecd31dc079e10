using System.Text.Json;

namespace Samples.Intent;

/// <summary>What metrics.json holds: everything that the README states as a figure.</summary>
/// <param name="Seed">Of the split.</param>
/// <param name="Sessions">Rows used; the data set's rows with blank cells are not among them.</param>
/// <param name="BlankRows">Rows left out because of blank cells.</param>
/// <param name="TrainSessions">Rows trained on.</param>
/// <param name="TestSessions">Rows held out.</param>
/// <param name="TestPurchases">Purchases among the rows held out.</param>
/// <param name="TestSessionsAlsoInTraining">Held-out rows whose 23 inputs also stand in a training row: the data set repeats some sessions.</param>
/// <param name="Lambda">Strength of the regularisation, chosen by cross-validation in the training rows.</param>
/// <param name="Model">The shipped model on the rows held out.</param>
/// <param name="Majority">Always the training rows' share of purchases.</param>
/// <param name="WithoutAnalytics">The same model trained without BounceRates, ExitRates and PageValues.</param>
/// <param name="AnalyticsDefaulted">The shipped model when a caller leaves these three out.</param>
/// <param name="Defaults">What model.json fills in for them.</param>
/// <param name="Reliability">Predicted against observed, by band of probability.</param>
/// <param name="ConfidenceBaseline">Shares of the held-out sessions by the probability of the predicted class, in twenty bins of equal width: what model.json repeats for the watch on drift.</param>
public sealed record IntentMetrics(
    ulong Seed,
    int Sessions,
    int BlankRows,
    int TrainSessions,
    int TestSessions,
    int TestPurchases,
    int TestSessionsAlsoInTraining,
    double Lambda,
    Quality Model,
    Quality Majority,
    Quality WithoutAnalytics,
    Quality AnalyticsDefaulted,
    IReadOnlyDictionary<string, double> Defaults,
    IReadOnlyList<ReliabilityBin> Reliability,
    IReadOnlyList<double> ConfidenceBaseline)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" };

    public static IntentMetrics Parse(string json) => JsonSerializer.Deserialize<IntentMetrics>(json, Json)!;

    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";
}
