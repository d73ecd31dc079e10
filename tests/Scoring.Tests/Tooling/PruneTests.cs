using System.Text.Json;
using ModelTool.Models;
using ModelTool.Quantizing;
using Samples.Topics;
using Scoring.Configuration;
using Scoring.Features;
using TestCommon;

namespace Scoring.Tests.Tooling;

public sealed class PruneTests : IDisposable
{
    private const string Transformer = "models/13-tribuo-tinybert-embedder";
    private const string Texts = "data/debian_topics.jsonl.gz";
    private const string Sessions = "data/online_shoppers_intention.csv";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Bounds of answers and time are out of the way: what zeros do to bytes is the subject.
    [SharedDataFact(Transformer)]
    public async Task Prune_WeightsOfAModelOfOthers_SavesCompressedBytesAloneAndSaysSo()
    {
        var model = Checkout.SharedPathTo(Transformer + "/model.onnx");

        var run = await ToolRun.Of("prune", model, "--sparsity", "0.5", "0.8", "--difference", "10", "--cosine", "0", "--neighbours", "0", "--latency", "100", "--seconds", "0.2", "--out", folder.PathTo("out"), "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var report = run.Json.GetProperty("report");
        Assert.Equal(0.8, report.GetProperty("chosen").GetDouble());
        Assert.Contains("kernels on the CPU are dense", report.GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.Equal(new FileInfo(model).Length, new FileInfo(folder.PathTo("out", "model.onnx")).Length, 100.0);
        var trials = report.GetProperty("trials").EnumerateArray().ToList();
        Assert.All(trials, trial => Assert.Equal(trial.GetProperty("share").GetDouble(), (double)trial.GetProperty("removed").GetInt64() / trial.GetProperty("of").GetInt64(), 0.01));
        Assert.True(trials[1].GetProperty("compressedBytes").GetInt64() < trials[0].GetProperty("compressedBytes").GetInt64());
        Assert.True(trials[0].GetProperty("compressedBytes").GetInt64() < report.GetProperty("compressedBytes").GetInt64());
        Assert.True(trials[0].GetProperty("compared").GetProperty("difference").GetDouble() < trials[1].GetProperty("compared").GetProperty("difference").GetDouble());

        // What is left are the largest weights, untouched.
        var (before, after) = (Matrices(model), Matrices(folder.PathTo("out", "model.onnx")));
        Assert.All(before.Zip(after), pair => Assert.Equal(pair.First.Where((_, index) => pair.Second[index] != 0), pair.Second.Where(value => value != 0)));
        Assert.All(before.Zip(after), pair => Assert.True(pair.First.Where((_, index) => pair.Second[index] == 0).Max(Math.Abs) <= pair.Second.Where(value => value != 0).Min(Math.Abs)));
    }

    [SharedDataFact(Transformer)]
    public async Task Prune_AnswersTooFarOff_KeepsTheOriginal()
    {
        var run = await ToolRun.Of("prune", Checkout.SharedPathTo(Transformer + "/model.onnx"), "--sparsity", "0.9", "--seconds", "0.2", "--out", folder.PathTo("out"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("Rejected: 0.9:", run.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }

    [SharedDataFact(Texts)]
    public async Task Prune_TermsOfTopics_MakesTableAndVocabularyShorterTogether()
    {
        var heldOut = TopicTraining.SplitOf(TopicTexts.Read(Checkout.SharedPathTo(Texts))).Test.Take(600).ToList();
        await File.WriteAllTextAsync(folder.PathTo("held-out.jsonl"), HeldOut.ToJsonLines(heldOut));
        var package = Checkout.PathTo("samples", "topics", "package");

        var run = await ToolRun.Of(
            "prune", package, "--vocabulary", "0.2", "--data", folder.PathTo("held-out.jsonl"), "--agreement", "0.9", "--difference", "0.3", "--accuracy", "0.03", "--ece", "0.1", "--latency", "100",
            "--seconds", "0.2", "--out", folder.PathTo("out"), "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var trial = run.Json.GetProperty("report").GetProperty("trials")[0];
        Assert.Equal((2799, 300), (trial.GetProperty("removed").GetInt64(), trial.GetProperty("compared").GetProperty("compared").GetInt32()));
        Assert.Equal(File.ReadLines(Path.Combine(package, "vocabulary.txt")).Count() - 2799, File.ReadLines(folder.PathTo("out", "vocabulary.txt")).Count());
        Assert.InRange(new FileInfo(folder.PathTo("out", "model.onnx")).Length, 1, new FileInfo(Path.Combine(package, "model.onnx")).Length - (2799 * 64));
        Assert.Equal(0, (await ToolRun.Of("check", folder.PathTo("out"))).ExitCode);
    }

    // The mean of what is left out is kept in a constant: with half of the features the model is still no worse by much.
    [SharedDataFact(Sessions)]
    public async Task Prune_FeaturesOfIntent_LeavesOutThoseThatMoveNothing()
    {
        var run = await ToolRun.Of(
            "prune", IntentPackages.Original, "--features", "0.3", "--data", IntentPackages.Sessions, "--label", "Revenue", "--agreement", "0.9", "--difference", "0.3", "--latency", "100", "--ece", "0.1",
            "--seconds", "0.2", "--out", folder.PathTo("out"), "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var trial = run.Json.GetProperty("report").GetProperty("trials")[0];
        Assert.InRange(trial.GetProperty("accuracyLost").GetDouble(), -0.02, 0.01);
        var left = ModelConfigReader.ReadFile(folder.PathTo("out", "model.json"));
        Assert.Equal(ModelConfigReader.ReadFile(Path.Combine(IntentPackages.Original, "model.json")).Features.Count - trial.GetProperty("removed").GetInt64(), left.Features.Count);
        Assert.Contains("PageValues", left.Features.Select(feature => feature.Name));

        // Callers may go on to send what is no longer asked for.
        var answer = await ToolRun.WithInput(await File.ReadAllTextAsync(Checkout.PathTo("samples", "intent", "request.json")), "score", folder.PathTo("out"));
        Assert.Equal((0, 2), (answer.ExitCode, answer.Json.GetProperty("predictions").GetArrayLength()));
    }

    [Theory]
    [InlineData("has no text whose terms", "--vocabulary", "0.5", "--data", "DATA")]
    [InlineData("--data FILE", "--features", "0.5")]
    [InlineData("shares between 0 and 1", "--sparsity", "2")]
    public async Task Prune_WhatCannotBe_IsSaidInOneSentence(string expected, params string[] options)
    {
        var data = Checkout.PathTo("samples", "intent", "sessions.jsonl");
        var run = await ToolRun.Of(["prune", IntentPackages.Original, "--out", folder.PathTo("out"), .. options.Select(option => option == "DATA" ? data : option)]);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(expected, run.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }

    private static List<float[]> Matrices(string path) => [.. ModelFile.Read(path).Graph.Initializer.Where(tensor => tensor.Dims.Count == 2).Select(TensorFloats.Read).OfType<float[]>()];
}
