using System.Net;
using System.Text;
using TestCommon;
using TestCommon.OpenInference;
using Xunit.Abstractions;

namespace EndToEnd.Tests.OpenInference;

/// <summary>Every operator's own test models through the running app: probed, loaded and asked over HTTP.</summary>
public sealed class BackendModelsTests(ITestOutputHelper output)
{
    // A sample for every run of the tests; all of them for the proof.
    private const int SampleStep = 45;

    [DebianFact(BackendModel.Package)]
    public Task Infer_SampleOfBackendModels_LosesNoneThatTheRuntimeGetsRight() => RunAsync(SampleStep);

    [DebianFact(BackendModel.Package)]
    [Trait("Category", "Proof")]
    public Task Infer_AllBackendModels_LosesNoneThatTheRuntimeGetsRight() => RunAsync(1);

    private static async Task<string?> WhyNotAsync(RunningApp app, string name, BackendModel model)
    {
        foreach (var (inputs, outputs) in model.DataSets())
        {
            if (!inputs.Concat(outputs).All(value => value.HasDatatype))
            {
                return "a type that the protocol has no name for";
            }

            TestTensor[] tensors = [.. inputs.SelectMany(input => input.Tensors())];
            InferMessage[] requests = tensors.Concat(outputs.SelectMany(value => value.Items)).All(tensor => tensor.HasJsonForm)
                ? [InferMessage.Binary(tensors), InferMessage.Json(tensors)]
                : [InferMessage.Binary(tensors)];
            foreach (var request in requests)
            {
                var (status, answer) = await app.InferAsync(name, request);
                if (status != HttpStatusCode.OK)
                {
                    return $"{(int)status} {Encoding.UTF8.GetString(answer.Body)}";
                }

                if (BackendTally.Differs(outputs, answer.Outputs()) is { } reason)
                {
                    return reason;
                }
            }
        }

        return null;
    }

    private async Task RunAsync(int step)
    {
        using var folder = new TemporaryFolder();
        var models = BackendModel.All().Where((_, index) => index % step == 0).Select((model, index) => (Name: $"m{index}", Model: model)).ToArray();
        foreach (var (name, model) in models)
        {
            var version = Directory.CreateDirectory(folder.PathTo("models", name, "1"));
            File.Copy(model.ModelPath, Path.Combine(version.FullName, "model.onnx"));
        }

        await using var app = await RunningApp.StartAsync(("Scoring__Repository", folder.PathTo("models")), ("Scoring__MaxBodyBytes", "67108864"));
        var tally = new BackendTally();
        foreach (var (name, model) in models)
        {
            tally.Add(model.Name, BackendRun.WhyNot(model), await WhyNotAsync(app, name, model));
        }

        output.WriteLine(tally.Line);
        Assert.True(tally.Lost.Count == 0, string.Join(Environment.NewLine, tally.Lost));
    }
}
