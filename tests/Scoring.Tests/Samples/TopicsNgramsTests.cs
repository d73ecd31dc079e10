using Samples.Topics;
using Samples.TopicsNgrams;
using Samples.Training;
using TestCommon;
using Figures = Samples.TopicsNgrams.Figures;

namespace Scoring.Tests.Samples;

public sealed class TopicsNgramsTests
{
    private const string Data = "data/debian_topics.jsonl.gz";

    private readonly NgramSample sample = new(PathTo());

    [Fact]
    public void Golden_Cases_HoldInOnnxRuntime()
    {
        using var package = new TopicsPackage("topics-ngrams");

        package.AssertGolden();
    }

    [Fact]
    public void Choice_OfThePackage_IsTheSmallestThatKeepsTheShare()
    {
        var points = sample.ReadPoints();
        using var package = new TopicsPackage("topics-ngrams");

        var chosen = Choice.Of(points);

        var best = points.Max(point => point.ValidationAccuracy);
        Assert.True(chosen.ValidationAccuracy >= 0.95 * best);
        Assert.All(points.Where(point => point.Bytes < chosen.Bytes), point => Assert.True(point.ValidationAccuracy < 0.95 * best));
        Assert.Equal(
            chosen.Bytes,
            new FileInfo(PathTo("package", "model.onnx")).Length + new FileInfo(PathTo("package", "vocabulary.txt")).Length);
    }

    [Fact]
    public void Readme_TableAndPlot_AreThoseOfTheResults()
    {
        var points = sample.ReadPoints();

        Assert.Equal(Figures.Render(points, sample.ReadTimings()), ReadmeBlock.Read(File.ReadAllText(PathTo("README.md")), Figures.Block));
        Assert.Equal(File.ReadAllText(PathTo("plot.svg")), Plot.Render(points));
    }

    [SharedDataFact(Data)]
    public void Trainer_SameData_GivesTheSamePackageAndFigures()
    {
        var split = TopicTraining.SplitOf(TopicTexts.Read(Checkout.SharedPathTo(Data)));
        var chosen = Choice.Of(sample.ReadPoints());
        var curve = new Curve(TermSet.All.Single(set => set.Name == chosen.Set), split);

        Assert.Equal(chosen, curve.Measure(curve.Train(chosen.Terms)));
        Assert.All(sample.Package(chosen, curve), file => Assert.Equal(File.ReadAllBytes(PathTo("package", file.Key)), file.Value));
    }

    private static string PathTo(params string[] parts) => Checkout.PathTo(["samples", "topics-ngrams", .. parts]);
}
