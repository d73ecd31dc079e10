using System.Text.Json;
using Samples.Intent;
using Samples.Training;
using TestCommon;

namespace Scoring.Tests.Samples;

public sealed class IntentTests
{
    private const string Csv = "data/online_shoppers_intention.csv";

    /// <summary>What golden.json promises: float32 arithmetic on logits of a few units is off by some 1e-7.</summary>
    private const double GoldenTolerance = 1e-6;

    [Fact]
    public void Model_Parameters_Are48()
    {
        var graph = IntentPackage.Model().Graph;

        Assert.Equal(48, graph.Initializer.Sum(constant => constant.Dims.Aggregate(1L, (product, size) => product * size)));
    }

    [Fact]
    public void Model_Graph_IsOneGemmAndOneSoftmax()
    {
        var graph = IntentPackage.Model().Graph;

        Assert.Equal(["Gemm", "Softmax"], graph.Node.Select(node => node.OpType));
        Assert.Equal(23, Assert.Single(graph.Input).Type.TensorType.Shape.Dim[1].DimValue);
        Assert.Equal("rows", graph.Output[0].Type.TensorType.Shape.Dim[0].DimParam);
    }

    [Fact]
    public void Golden_Cases_FollowFromTheWeights()
    {
        float[] weights = IntentPackage.Constant("weights"), biases = IntentPackage.Constant("biases");

        var cases = IntentPackage.Json("package", "golden.json").GetProperty("cases").EnumerateArray().ToArray();

        Assert.Equal(12, cases.Length);
        Assert.All(cases, golden =>
        {
            var row = IntentPackage.Encode(golden.GetProperty("instance"));
            var logits = new double[] { biases[0], biases[1] };
            for (var column = 0; column < row.Length; column++)
            {
                logits[0] += (double)row[column] * weights[2 * column];
                logits[1] += (double)row[column] * weights[(2 * column) + 1];
            }

            AssertPrediction(Math.Exp(logits[1]) / (Math.Exp(logits[0]) + Math.Exp(logits[1])), golden.GetProperty("prediction"), 1e-8);
        });
    }

    [Fact]
    public void Golden_Cases_HoldInOnnxRuntime()
    {
        var cases = IntentPackage.Json("package", "golden.json").GetProperty("cases").EnumerateArray().ToArray();

        var probabilities = IntentPackage.Run([.. cases.Select(golden => IntentPackage.Encode(golden.GetProperty("instance")))]);

        for (var row = 0; row < cases.Length; row++)
        {
            AssertPrediction(probabilities[(2 * row) + 1], cases[row].GetProperty("prediction"), GoldenTolerance);
        }
    }

    [Fact]
    public void Request_Instances_AreTheFirstGoldenCases()
    {
        var cases = IntentPackage.Json("package", "golden.json").GetProperty("cases").EnumerateArray().Select(golden => golden.GetProperty("instance").GetRawText());
        var instances = IntentPackage.Json("request.json").GetProperty("instances").EnumerateArray().Select(instance => instance.GetRawText());

        Assert.Equal(cases.Take(2), instances);
    }

    [Fact]
    public void ModelJson_DefaultsOfTheAnalytics_AreTheMediansOfMetrics()
    {
        var features = IntentPackage.Json("package", "model.json").GetProperty("features").EnumerateArray();

        Assert.All(Metrics().Defaults, median =>
            Assert.Equal(median.Value, features.Single(feature => feature.GetProperty("name").GetString() == median.Key).GetProperty("default").GetDouble()));
    }

    [Fact]
    public void ModelJson_ConfidenceBaseline_IsThatOfMetrics() =>
        Assert.Equal(
            Metrics().ConfidenceBaseline,
            IntentPackage.Json("package", "model.json").GetProperty("confidenceBaseline").EnumerateArray().Select(share => share.GetDouble()));

    [Fact]
    public void SyntheticSessions_EveryLine_FitsTheModel()
    {
        var lines = File.ReadAllLines(IntentPackage.PathTo("sessions.jsonl"));

        Assert.Equal(1000, lines.Length);
        Assert.All(lines, line => Assert.Equal(23, IntentPackage.Encode(JsonDocument.Parse(line).RootElement).Length));
    }

    [Fact]
    public void Readme_Figures_AreThoseOfMetrics() =>
        Assert.Equal(Figures.Render(Metrics()), ReadmeBlock.Read(File.ReadAllText(IntentPackage.PathTo("README.md")), Figures.Block));

    [SharedDataFact(Csv)]
    public void Trainer_SameData_GivesTheSameBytes()
    {
        var training = IntentTraining.Run(Checkout.SharedPathTo(Csv));

        Assert.Equal(File.ReadAllBytes(IntentPackage.PathTo("package", "model.onnx")), training.Model.ToOnnx());
        Assert.Equal(File.ReadAllText(IntentPackage.PathTo("package", "golden.json")), GoldenCases.ToJson(training));
        Assert.Equal(File.ReadAllText(IntentPackage.PathTo("request.json")), GoldenCases.ToRequest(training));
        Assert.Equal(File.ReadAllText(IntentPackage.PathTo("metrics.json")), training.Metrics.ToJson());
        Assert.Equal(File.ReadAllText(IntentPackage.PathTo("sessions.jsonl")), SyntheticSessions.Draw(training.Split.Train));
    }

    [SharedDataFact(Csv)]
    public void Metrics_RecomputedFromOnnxRuntime_Agree()
    {
        var (sessions, _) = SessionsCsv.Read(Checkout.SharedPathTo(Csv));
        var test = IntentTraining.SplitOf(sessions).Test;

        // Through JSON and model.json, as the server reads them.
        var probabilities = IntentPackage.Run([.. test.Select(session => IntentPackage.Encode(JsonSerializer.SerializeToElement(SessionJson.Of(session))))]);

        var quality = Quality.Of([.. test.Select((_, row) => (double)probabilities[(2 * row) + 1])], [.. test.Select(session => session.Purchase)]);
        var stated = Metrics().Model;

        // Kept to six decimals; float32 arithmetic may move the last ones.
        Assert.Equal(stated.Auc, quality.Auc, 5e-6);
        Assert.Equal(stated.Accuracy, quality.Accuracy, 5e-6);
        Assert.Equal(stated.LogLoss, quality.LogLoss, 5e-6);
        Assert.Equal(stated.Ece, quality.Ece, 5e-6);
    }

    [SharedDataFact(Csv)]
    public void Trainer_HeldOutSessions_AreNotTrainedOn()
    {
        var (sessions, blankRows) = SessionsCsv.Read(Checkout.SharedPathTo(Csv));

        var split = IntentTraining.SplitOf(sessions);

        Assert.Equal(14, blankRows);
        Assert.Equal(12_330 - 14, split.Train.Concat(split.Test).ToHashSet(ReferenceEqualityComparer.Instance).Count);
        Assert.Equal(sessions.Count(session => session.Purchase) / 5, split.Test.Count(session => session.Purchase));
    }

    private static IntentMetrics Metrics() => IntentMetrics.Parse(File.ReadAllText(IntentPackage.PathTo("metrics.json")));

    private static void AssertPrediction(double purchase, JsonElement expected, double tolerance)
    {
        var probabilities = expected.GetProperty("probabilities");
        Assert.Equal(purchase, probabilities.GetProperty("purchase").GetDouble(), tolerance);
        Assert.Equal(1 - purchase, probabilities.GetProperty("browse").GetDouble(), tolerance);
        Assert.Equal(Math.Max(purchase, 1 - purchase), expected.GetProperty("probability").GetDouble(), tolerance);
        Assert.Equal(purchase > 0.5 ? "purchase" : "browse", expected.GetProperty("label").GetString());
    }
}
