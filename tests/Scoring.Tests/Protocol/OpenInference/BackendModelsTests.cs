using Scoring.Inference;
using TestCommon;
using TestCommon.OpenInference;
using Xunit.Abstractions;

namespace Scoring.Tests.Protocol.OpenInference;

/// <summary>Every operator's own test models, in both forms of the protocol: the service is to lose none that ONNX Runtime gets right.</summary>
public sealed class BackendModelsTests(ITestOutputHelper output)
{
    [DebianFact(BackendModel.Package)]
    public void Infer_BackendModels_LosesNoneThatTheRuntimeGetsRight()
    {
        // ONNX Runtime has one environment in a process, and the service makes it.
        NativeRuntime.EnsureReady();
        var tally = new BackendTally();
        foreach (var model in BackendModel.All())
        {
            var runtime = BackendRun.WhyNot(model);
            tally.Add(model.Name, runtime, WhyNot(model));
        }

        foreach (var line in tally.BeyondRuntime)
        {
            output.WriteLine(line);
        }

        output.WriteLine(tally.Line);
        Assert.True(tally.Lost.Count == 0, string.Join(Environment.NewLine, tally.Lost));
    }

    private static string? WhyNot(BackendModel model)
    {
        try
        {
            using var inferred = Inferred.Load(Path.GetDirectoryName(model.ModelPath)!);
            foreach (var (inputs, outputs) in model.DataSets())
            {
                if (!inputs.Concat(outputs).All(value => value.HasDatatype))
                {
                    return "a type that the protocol has no name for";
                }

                TestTensor[] tensors = [.. inputs.SelectMany(input => input.Tensors())];
                var reason = BackendTally.Differs(outputs, inferred.Infer(InferMessage.Binary(tensors)).Outputs());
                if (reason is null && tensors.All(tensor => tensor.HasJsonForm) && outputs.SelectMany(value => value.Items).All(tensor => tensor.HasJsonForm))
                {
                    reason = BackendTally.Differs(outputs, inferred.Infer(InferMessage.Json(tensors)).Outputs());
                }

                if (reason is not null)
                {
                    return reason;
                }
            }

            return null;
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            return $"{exception.GetType().Name}: {exception.Message}";
        }
    }
}
