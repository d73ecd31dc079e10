using System.Text.Json;

namespace Samples.Topics;

/// <summary>What metrics.json holds: everything that the README states as a figure.</summary>
/// <param name="Seed">Of the split.</param>
/// <param name="Sources">Source packages to train on, to choose by and held out.</param>
/// <param name="Texts">Texts to train on, to choose by and held out.</param>
/// <param name="Terms">Terms in the vocabulary.</param>
/// <param name="ModelBytes">Size of model.onnx.</param>
/// <param name="VocabularyBytes">Size of vocabulary.txt.</param>
/// <param name="Temperature">Fitted on the validation texts.</param>
/// <param name="Model">The shipped model on the held-out texts, calibrated.</param>
/// <param name="EceUncalibrated">Its calibration error before temperature scaling.</param>
/// <param name="LogLossUncalibrated">Its log loss before temperature scaling.</param>
/// <param name="NaiveBayesAccuracy">Naive Bayes on the same split.</param>
/// <param name="MajorityAccuracy">Always the training texts' most frequent topic.</param>
/// <param name="ByTopic">For each topic how many held-out texts it has, how many of them the model finds, and how many of those it names are right.</param>
/// <param name="ConfidenceBaseline">Shares of the held-out texts by confidence, in twenty bins of equal width.</param>
public sealed record TopicMetrics(
    ulong Seed,
    int[] Sources,
    int[] Texts,
    int Terms,
    long ModelBytes,
    long VocabularyBytes,
    double Temperature,
    TopicQuality Model,
    double EceUncalibrated,
    double LogLossUncalibrated,
    double NaiveBayesAccuracy,
    double MajorityAccuracy,
    IReadOnlyList<TopicMetrics.TopicFigures> ByTopic,
    IReadOnlyList<double> ConfidenceBaseline)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" };

    public static TopicMetrics Parse(string json) => JsonSerializer.Deserialize<TopicMetrics>(json, Json)!;

    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";

    /// <param name="Topic">Its name.</param>
    /// <param name="Texts">Held-out texts of it.</param>
    /// <param name="Recall">Share of them that the model finds.</param>
    /// <param name="Precision">Share of the texts it names so that are.</param>
    public sealed record TopicFigures(string Topic, int Texts, double Recall, double Precision);
}
