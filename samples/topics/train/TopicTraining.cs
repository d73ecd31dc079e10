using System.Text;
using ModelTool.Training.Scoring;
using Samples.Training;

namespace Samples.Topics;

/// <summary>From the data set to the package: the same file and settings give the same bytes.</summary>
/// <param name="Settings">What it was trained with.</param>
/// <param name="Fit">Vocabulary and weights.</param>
/// <param name="Metrics">Its figures on the texts held out.</param>
/// <param name="Split">Which text was used for what.</param>
public sealed record TopicTraining(TopicSettings Settings, TopicFit Fit, TopicMetrics Metrics, TopicSplit Split)
{
    private const ulong SplitSeed = 63440;

    /// <summary>vocabulary.txt.</summary>
    public string Vocabulary => string.Concat(Fit.Vocabulary.Select(term => term + "\n"));

    /// <summary>The split that every figure of this sample speaks of.</summary>
    public static TopicSplit SplitOf(IReadOnlyList<TopicText> texts) => TopicSplit.BySource(texts, SplitSeed);

    /// <summary>What the shipped model gives for a text, calibrated.</summary>
    public double[] Probabilities(string text) =>
        Temperature.Softmax(Fit.Score(Settings, [new TopicText("", 0, Encoding.UTF8.GetBytes(text))])[0], Metrics.Temperature);

    public static TopicTraining Run(TopicSettings settings, IReadOnlyList<TopicText> texts)
    {
        // 1. Fit weights on the training texts, and the temperature on others.
        var split = SplitOf(texts);
        var fit = TopicFit.Train(settings, split.Train);
        var temperature = Temperature.Fit(fit.Score(settings, split.Validation), [.. split.Validation.Select(text => text.Topic)]);

        // 2. Measure on what neither has seen.
        var scores = fit.Score(settings, split.Test);
        double[][] calibrated = [.. scores.Select(score => Temperature.Softmax(score, temperature))];
        var uncalibrated = TopicQuality.Of([.. scores.Select(score => Temperature.Softmax(score, 1))], split.Test);
        var majority = split.Train.GroupBy(text => text.Topic).MaxBy(topic => topic.Count())!.Key;
        IReadOnlyList<TopicText>[] parts = [split.Train, split.Validation, split.Test];
        var metrics = new TopicMetrics(
            SplitSeed,
            [.. parts.Select(part => part.Select(text => text.Source).Distinct().Count())],
            [.. parts.Select(part => part.Count)],
            fit.Vocabulary.Count,
            fit.ToOnnx().Length,
            fit.Vocabulary.Sum(term => Encoding.UTF8.GetByteCount(term) + 1),
            temperature,
            TopicQuality.Of(calibrated, split.Test),
            uncalibrated.Ece,
            uncalibrated.LogLoss,
            TopicQuality.Round(NaiveBayes.Accuracy(split.Train, split.Test)),
            TopicQuality.Round(split.Test.Average(text => text.Topic == majority ? 1.0 : 0.0)),
            ByTopic(calibrated, split.Test),
            ConfidenceShares.Of(calibrated.Select(row => row.Max())));
        return new TopicTraining(settings, fit, metrics, split);
    }

    private static List<TopicMetrics.TopicFigures> ByTopic(double[][] probabilities, IReadOnlyList<TopicText> texts)
    {
        var named = probabilities.Select(row => Array.IndexOf(row, row.Max())).ToArray();
        var figures = new List<TopicMetrics.TopicFigures>();
        for (var topic = 0; topic < Topic.Names.Count; topic++)
        {
            var rows = Enumerable.Range(0, texts.Count).Where(row => texts[row].Topic == topic).ToArray();
            var right = rows.Count(row => named[row] == topic);
            figures.Add(new(
                Topic.Names[topic],
                rows.Length,
                TopicQuality.Round((double)right / rows.Length),
                TopicQuality.Round((double)right / Math.Max(named.Count(name => name == topic), 1))));
        }

        return figures;
    }
}
