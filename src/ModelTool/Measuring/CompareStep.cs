using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using ModelTool.Data;
using ModelTool.Models;
using ModelTool.Native;
using Scoring.Inference;
using Scoring.Serving;

namespace ModelTool.Measuring;

/// <summary>Runs a changed model beside the one that it was made of: turn by turn for time, instance by instance for answers.</summary>
/// <param name="DataPath">Instances to run; null for golden cases or made-up ones.</param>
internal sealed record CompareStep(string Original, string Changed, string? DataPath, int Sequence, double Seconds)
{
    private const int MostInstances = 2000;

    public object Run(StepProgress progress)
    {
        progress.Doing("loading the original");
        using var original = LoadedModel.Load(ModelTarget.Package(Original), SessionSettings.Plain);
        progress.Doing("loading the changed model");
        using var changed = LoadedModel.Load(ModelTarget.Package(Changed), SessionSettings.Plain);
        var (first, second) = (Instances.For(original, DataPath, Sequence), Instances.For(changed, DataPath, Sequence));
        using var one = original.RentBatch();
        using var other = changed.RentBatch();
        first.Fill(one, 1);
        second.Fill(other, 1);
        progress.Doing("running both, one row");
        var latencies = Latency.OfEach([() => one.Run(CancellationToken.None), () => other.Run(CancellationToken.None)], TimeSpan.FromSeconds(Seconds));
        progress.Doing("comparing their answers");
        var (agreement, difference, compared) = Compare(original, changed, first, second);
        return new CompareFound(latencies[0], latencies[1], agreement, difference, compared, first.Origin, FusedProducts(progress));
    }

    private static (double Agreement, double Difference, int Compared) Compare(LoadedModel original, LoadedModel changed, Instances first, Instances second)
    {
        var (agreed, squares, errors, compared) = (0, 0.0, 0.0, Math.Min(first.Count, MostInstances));
        for (var index = 0; index < compared; index++)
        {
            using var one = Answer(original, first, index);
            using var other = Answer(changed, second, index);
            agreed += Top(one.RootElement) == Top(other.RootElement) ? 1 : 0;
            foreach (var (expected, found) in Prediction.Numbers(one.RootElement).Zip(Prediction.Numbers(other.RootElement)))
            {
                squares += expected * expected;
                errors += (expected - found) * (expected - found);
            }
        }

        return ((double)agreed / compared, squares > 0 ? Math.Sqrt(errors / squares) : Math.Sqrt(errors), compared);
    }

    private static JsonDocument Answer(LoadedModel model, Instances instances, int index)
    {
        using var batch = model.RentBatch();
        (instances with { Count = 1, TryAdd = (target, _, faults) => instances.TryAdd(target, index, faults) }).Fill(batch, 1);
        batch.Run(CancellationToken.None);
        return Prediction.Read(batch, 0);
    }

    private static string Top(JsonElement prediction) => prediction.TryGetProperty("label", out var label) ? label.ToString() : "";

    // What ONNX Runtime makes of the integer products when it optimises for this processor.
    private int FusedProducts(StepProgress progress)
    {
        progress.Doing("optimising the changed model");
        var optimised = Path.Combine(Path.GetTempPath(), $"model-tool-{Guid.NewGuid():N}.onnx");
        try
        {
            using (var options = new SessionOptions { OptimizedModelFilePath = optimised, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL })
            using (new InferenceSession(Path.Combine(Changed, "model.onnx"), options))
            {
            }

            return ModelFile.AllNodes(ModelFile.Read(optimised).Graph).Count(node => node.OpType is "DynamicQuantizeMatMul" or "MatMulIntegerToFloat");
        }
        finally
        {
            File.Delete(optimised);
        }
    }
}
