using System.Globalization;
using System.Text;

namespace Samples.Topics;

/// <summary>The parts of the README that state figures, written from metrics.json and trials.json.</summary>
public static class Figures
{
    /// <summary>Name of the README's block of figures.</summary>
    public const string Block = "figures";

    /// <summary>Name of the README's block of trials.</summary>
    public const string TrialsBlock = "trials";

    public static string Render(TopicMetrics metrics)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            Seed {metrics.Seed} splits the source packages: {metrics.Sources[0]:N0} to train on ({metrics.Texts[0]:N0} texts), {metrics.Sources[1]:N0} to fit the temperature on ({metrics.Texts[1]:N0} texts) and {metrics.Sources[2]:N0} held out ({metrics.Texts[2]:N0} texts).

            | on the {metrics.Texts[2]:N0} held-out texts | top-1 accuracy |
            | --- | --- |
            | the model | {metrics.Model.Accuracy:P1} |
            | the model, every source package counting once | {metrics.Model.SourceAccuracy:P1} |
            | naive Bayes over words | {metrics.NaiveBayesAccuracy:P1} |
            | majority baseline | {metrics.MajorityAccuracy:P1} |

            | calibration | ECE, 15 bins | log loss |
            | --- | --- | --- |
            | as trained | {metrics.EceUncalibrated:0.0000} | {metrics.LogLossUncalibrated:0.0000} |
            | temperature {metrics.Temperature} | {metrics.Model.Ece:0.0000} | {metrics.Model.LogLoss:0.0000} |

            The package holds {metrics.Terms:N0} terms: model.onnx {metrics.ModelBytes:N0} bytes, vocabulary.txt {metrics.VocabularyBytes:N0} bytes.

            | topic | held-out texts | found | right when named |
            | --- | --- | --- | --- |

            """);
        foreach (var topic in metrics.ByTopic)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {topic.Topic} | {topic.Texts} | {topic.Recall:P0} | {topic.Precision:P0} |\n");
        }

        return text.ToString().Trim('\n');
    }

    public static string Render(IReadOnlyList<Trial> trials)
    {
        var chosen = Trials.Choose(trials);
        var text = new StringBuilder("| embeddings and vocabulary, bytes | accuracy | vocabulary | members × width | rate | |\n| --- | --- | --- | --- | --- | --- |\n");
        foreach (var trial in trials.OrderBy(trial => trial.Bytes).ThenBy(trial => trial.Accuracy))
        {
            var settings = trial.Settings;
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {trial.Bytes:N0} | {trial.Accuracy:P1} | {settings.VocabularySize:N0} | {settings.Members} × {settings.Width} | {settings.Rate} | {(trial == chosen ? "**chosen**" : "")} |\n");
        }

        return text.ToString().Trim('\n');
    }
}
