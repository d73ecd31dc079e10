using ModelTool.Training.Fitting;
using Samples.Training;

namespace Samples.Topics;

/// <summary>How good probabilities are on texts that training never saw.</summary>
/// <param name="Accuracy">Share of texts whose most probable topic is theirs.</param>
/// <param name="SourceAccuracy">The same, every source package counting once however many packages it builds.</param>
/// <param name="LogLoss">Mean negative log probability of the topic, in nats.</param>
/// <param name="Ece">Expected calibration error of the most probable topic over 15 bins.</param>
public sealed record TopicQuality(double Accuracy, double SourceAccuracy, double LogLoss, double Ece)
{
    public static TopicQuality Of(IReadOnlyList<double[]> probabilities, IReadOnlyList<TopicText> texts)
    {
        var confidences = new double[texts.Count];
        var correct = new bool[texts.Count];
        var loss = 0.0;
        for (var row = 0; row < texts.Count; row++)
        {
            confidences[row] = probabilities[row].Max();
            correct[row] = Array.IndexOf(probabilities[row], confidences[row]) == texts[row].Topic;
            loss -= PortableMath.Log(Math.Max(probabilities[row][texts[row].Topic], 1e-300));
        }

        var rows = Enumerable.Range(0, texts.Count);
        return new TopicQuality(
            Round(rows.Average(row => correct[row] ? 1.0 : 0.0)),
            Round(rows.GroupBy(row => texts[row].Source).Average(source => source.Average(row => correct[row] ? 1.0 : 0.0))),
            Round(loss / texts.Count),
            Round(CalibrationError.Of(confidences, correct)));
    }

    /// <summary>Six decimals: what the figures are kept to.</summary>
    public static double Round(double figure) => Math.Round(figure, 6);
}
