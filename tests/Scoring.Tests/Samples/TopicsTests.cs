using System.Text;
using System.Text.Json;
using Samples.Topics;
using Samples.Training;
using TestCommon;

namespace Scoring.Tests.Samples;

public sealed class TopicsTests
{
    private const string Data = "data/debian_topics.jsonl.gz";

    private readonly TopicSample sample = new(PathTo());

    [Fact]
    public void Package_Size_StaysUnderThreeMegabytes()
    {
        using var package = new TopicsPackage("topics");

        Assert.InRange(package.Bytes, 1, 3_000_000);
    }

    [Fact]
    public void Golden_Cases_HoldInOnnxRuntime()
    {
        using var package = new TopicsPackage("topics");

        package.AssertGolden();
    }

    [Fact]
    public void Examples_EveryLine_NamesATopic()
    {
        using var package = new TopicsPackage("topics");
        var topics = File.ReadLines(PathTo("examples.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("topic").GetString()).ToArray();

        Assert.Equal(48, topics.Length);
        Assert.Equal(package.Labels, topics.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Readme_Figures_AreThoseOfMetricsAndTrials()
    {
        var readme = File.ReadAllText(PathTo("README.md"));

        Assert.Equal(Figures.Render(sample.ReadMetrics()), ReadmeBlock.Read(readme, Figures.Block));
        Assert.Equal(Figures.Render(sample.ReadTrials()), ReadmeBlock.Read(readme, Figures.TrialsBlock));
    }

    [Fact]
    public void Settings_OfTraining_AreTheTrialsChoice()
    {
        var trials = sample.ReadTrials();

        var chosen = Trials.Choose(trials);

        Assert.Equal(chosen.Settings, sample.ReadSettings());
        Assert.All(trials, trial => Assert.True(trial.Accuracy <= chosen.Accuracy + 0.01));
        Assert.All(trials.Where(trial => trial.Bytes < chosen.Bytes), trial => Assert.True(trial.Accuracy < trials.Max(other => other.Accuracy) - 0.01));
    }

    [SharedDataFact(Data)]
    public void Trainer_SameData_GivesTheSameBytes()
    {
        var training = TopicTraining.Run(sample.ReadSettings(), TopicTexts.Read(Checkout.SharedPathTo(Data)));

        Assert.All(sample.Files(training), file => Assert.Equal(File.ReadAllBytes(PathTo(file.Key.Split('/'))), file.Value));
    }

    [SharedDataFact(Data)]
    public void Metrics_RecomputedFromOnnxRuntime_Agree()
    {
        using var package = new TopicsPackage("topics");
        var test = TopicTraining.SplitOf(TopicTexts.Read(Checkout.SharedPathTo(Data))).Test;

        var quality = TopicQuality.Of(package.Score([.. test.Select(text => Encoding.UTF8.GetString(text.Text))]), test);

        // Among 3,071 texts float32 arithmetic may decide one tie the other way.
        var stated = sample.ReadMetrics().Model;
        Assert.Equal(stated.Accuracy, quality.Accuracy, 1.0 / test.Count);
        Assert.Equal(stated.Ece, quality.Ece, 1.0 / test.Count);
        Assert.Equal(stated.LogLoss, quality.LogLoss, 1e-4);
    }

    [SharedDataFact(Data)]
    public void Split_Sources_StandOnOneSide()
    {
        var split = TopicTraining.SplitOf(TopicTexts.Read(Checkout.SharedPathTo(Data)));

        IEnumerable<string>[] parts = [split.Train.Select(text => text.Source), split.Validation.Select(text => text.Source), split.Test.Select(text => text.Source)];

        Assert.Equal(parts.Sum(part => part.Distinct().Count()), parts.SelectMany(part => part).Distinct().Count());
        Assert.True(split.Test.Count >= 3000);
    }

    private static string PathTo(params string[] parts) => Checkout.PathTo(["samples", "topics", .. parts]);
}
