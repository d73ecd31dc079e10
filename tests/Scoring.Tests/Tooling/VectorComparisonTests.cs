using System.Text.Json;
using ModelTool.Measuring;
using ModelTool.Quantizing;

namespace Scoring.Tests.Tooling;

/// <summary>Embeddings are judged by nearness, numbers beside their spread.</summary>
public sealed class VectorComparisonTests
{
    private const int Width = 64;

    private static readonly QuantizationBounds Bounds = new(1, 1, 0.99, 0.05, 0.01, 0.01);

    // Groups of two rows that are each other's nearest; noise of 0.11 of a vector's length gives the cosine 0.994 of a sound INT8 encoder.
    [Fact]
    public void Of_EncoderOfCosine994_IsKeptThoughItsNumbersDifferByMoreThanTheLimitOfNumbers()
    {
        var found = Compared(noise: 0.11);

        Assert.InRange(found.Difference, 0.09, 0.13);
        Assert.InRange(found.Vectors!.Cosine, 0.99, 0.996);
        Assert.All(Limits(found), limit => Assert.True(limit.Kept, $"{limit.Name} {limit.Found}"));
        Assert.Equal(["cosine, mean", "same nearest neighbour", "same ten nearest"], Limits(found).Select(limit => limit.Name));
    }

    [Fact]
    public void Of_EncoderOfRuinedVectors_FailsInAll()
    {
        var found = Compared(noise: 5);

        Assert.All(Limits(found), limit => Assert.False(limit.Kept, $"{limit.Name} {limit.Found}"));
    }

    [Fact]
    public void Of_Number_IsHeldBesideTheSpreadOfItsTarget()
    {
        // From 1000.0 to 1000.9: an error of 0.1 is nothing of their size and a third of their spread.
        var answers = new OutputAnswers("value");
        for (var row = 0; row < 10; row++)
        {
            answers.Add(Element(1000 + (row / 10.0)), Element(1000.1 + (row / 10.0)));
        }

        var limit = Assert.Single(Limits(answers.Compare()!));

        Assert.Equal(("error, of the answers' spread", false), (limit.Name, limit.Kept));
        Assert.Equal(0.1 / Math.Sqrt(0.0825), limit.Found, 1e-6);
    }

    [Fact]
    public void Of_Probabilities_AreHeldBesideTheirSize()
    {
        var answers = new OutputAnswers("probabilities");
        answers.Add(Element(new { yes = 0.6, no = 0.8 }), Element(new { yes = 0.6, no = 0.9 }));
        answers.Add(Element(new { yes = 0.7, no = 0.8 }), Element(new { yes = 0.7, no = 0.8 }));

        Assert.Equal("answers' difference, root mean square", Assert.Single(Limits(answers.Compare()!)).Name);
    }

    [Fact]
    public void Compare_AnswerThatIsNoNumber_IsInfinitelyFar()
    {
        var answers = new OutputAnswers("value");
        answers.Add(Element(1), JsonSerializer.SerializeToElement("NaN"));

        Assert.False(Assert.Single(Limits(answers.Compare()!)).Kept);
    }

    [Fact]
    public void Of_LabelledVectors_CountsTheNearestNeighboursOfTheSameLabel()
    {
        // Pairs that are each other's nearest, all of one label a pair; in the changed vectors every pair is torn apart.
        double[][] original = [.. Enumerable.Range(0, 40).Select(row => Enumerable.Range(0, 20).Select(axis => axis == row / 2 ? 1.0 : 0).ToArray())];
        double[][] changed = [.. Enumerable.Range(0, 40).Select(row => Enumerable.Range(0, 20).Select(axis => axis == row % 20 ? 1.0 : 0).ToArray())];
        string[] labels = [.. Enumerable.Range(0, 40).Select(row => $"{row / 2}")];

        var neighbour = VectorComparison.Of(original, changed, null, labels).Neighbour!;

        Assert.Equal((1, 0), (neighbour.Original, neighbour.Changed));
        Assert.InRange(neighbour.Lost.Low, 0.999, 1.001);
        Assert.InRange(neighbour.Lost.High, 0.999, 1.001);
    }

    private static OutputComparison Compared(double noise)
    {
        var random = new Random(12);
        var answers = new OutputAnswers("embedding");
        double[] centre = [];
        for (var row = 0; row < 40; row++)
        {
            centre = row % 2 == 0 ? Values(random, 1) : centre;
            double[] vector = [.. centre.Zip(Values(random, 0.5), (one, other) => one + other)];
            answers.Add(Element(vector), Element(vector.Zip(Values(random, noise), (one, other) => one + other)));
        }

        return answers.Compare()!;
    }

    private static double[] Values(Random random, double size) => [.. Enumerable.Range(0, Width).Select(_ => size * ((random.NextDouble() * 2) - 1))];

    private static IReadOnlyList<Limit> Limits(OutputComparison output) =>
        AnswerLimits.Of(new CompareFound(new(1, 1, 1), new(1, 1, 1), null, output.Difference, [output], 1, "rows", 0), Bounds);

    private static JsonElement Element<T>(T value) => JsonSerializer.SerializeToElement(value);
}
