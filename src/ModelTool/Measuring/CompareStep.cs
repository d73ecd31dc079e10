using Microsoft.ML.OnnxRuntime;
using ModelTool.Data;
using ModelTool.Models;
using ModelTool.Native;
using Scoring.Inference;
using Scoring.Serving;

namespace ModelTool.Measuring;

/// <summary>Runs a changed model beside the one that it was made of: turn by turn for time, instance by instance for answers.</summary>
/// <param name="DataPath">Instances to run; null for golden cases or made-up ones.</param>
/// <param name="Label">A column that groups the instances, for embeddings to be judged by; null for none.</param>
internal sealed record CompareStep(string Original, string Changed, string? DataPath, int Sequence, double Seconds, string? Label = null)
{
    private static readonly string[] Fused = ["DynamicQuantizeMatMul", "MatMulIntegerToFloat", "QLinearMatMul", "QLinearConv", "QGemm", "MatMulNBits"];

    private const int MaxInstances = 2000;

    public object Run(StepProgress progress)
    {
        progress.Doing("loading the original");
        using var original = LoadedModel.Load(ModelTarget.Package(Original), SessionSettings.Plain);
        progress.Doing("loading the changed model");
        using var changed = LoadedModel.Load(ModelTarget.Package(Changed), SessionSettings.Plain);
        var (first, second) = (Instances.For(original, DataPath, Sequence, Label), Instances.For(changed, DataPath, Sequence, Label));
        using var one = original.RentBatch();
        using var other = changed.RentBatch();
        first.Fill(one, 1);
        second.Fill(other, 1);
        progress.Doing("running both, one row");
        var latencies = Latency.OfEach([() => one.Run(CancellationToken.None), () => other.Run(CancellationToken.None)], TimeSpan.FromSeconds(Seconds));
        progress.Doing("comparing their answers");
        var answers = AnswerComparison.Of(original, changed, first, second, MaxInstances);
        return new CompareFound(latencies[0], latencies[1], answers.Agreement, answers.Difference, answers.Outputs, answers.Compared, first.Origin, FusedProducts(progress));
    }

    // What ONNX Runtime makes of the integer products and convolutions when it optimises for this processor.
    private int FusedProducts(StepProgress progress)
    {
        progress.Doing("optimising the changed model");
        using var optimised = new TemporaryModel();
        using (var options = new SessionOptions { OptimizedModelFilePath = optimised.Path, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL })
        using (new InferenceSession(Path.Combine(Changed, "model.onnx"), options))
        {
        }

        return ModelFile.AllNodes(ModelFile.Read(optimised.Path).Graph).Count(node => Fused.Contains(node.OpType));
    }
}
