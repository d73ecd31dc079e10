using System.Text;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using ModelTool.Baselines;
using ModelTool.Measuring;
using ModelTool.Optimizing;
using ModelTool.Pruning;
using ModelTool.Quantizing;
using ModelTool.Training.Scoring;
using ModelTool.Tuning;
using Scoring;
using Scoring.Inference;
using Scoring.Probe;

namespace ModelTool.Native;

/// <summary>The child's side: whatever touches the native runtime happens here, so that a crash ends this process and not the tool.</summary>
internal static class StepHost
{
    /// <summary>The first argument of a child; no verb, and never typed.</summary>
    public const string Argument = "native-step";

    private static readonly Dictionary<string, Func<JsonElement, StepProgress, object>> Steps = new()
    {
        [nameof(LoadStep)] = Step<LoadStep>(step => step.Run),
        [nameof(ScoreStep)] = Step<ScoreStep>(step => step.Run),
        [nameof(BenchStep)] = Step<BenchStep>(step => step.Run),
        [nameof(PredictStep)] = Step<PredictStep>(step => step.Run),
        [nameof(BaselineStep)] = Step<BaselineStep>(step => step.Run),
        [nameof(GoldenStep)] = Step<GoldenStep>(step => step.Run),
        [nameof(GoldenFromDataStep)] = Step<GoldenFromDataStep>(step => step.Run),
        [nameof(WorkStep)] = Step<WorkStep>(step => step.Run),
        [nameof(CompareStep)] = Step<CompareStep>(step => step.Run),
        [nameof(RangesStep)] = Step<RangesStep>(step => step.Run),
        [nameof(TuneStep)] = Step<TuneStep>(step => step.Run),
        [nameof(OptimizeStep)] = Step<OptimizeStep>(step => step.Run),
        [nameof(LoadTimesStep)] = Step<LoadTimesStep>(step => step.Run),
        [nameof(SpreadStep)] = Step<SpreadStep>(step => step.Run),
        [nameof(TermCountsStep)] = Step<TermCountsStep>(step => step.Run),
        [nameof(UnitStrengthsStep)] = Step<UnitStrengthsStep>(step => step.Run),
        [nameof(ScoreTextsStep)] = Step<ScoreTextsStep>(step => step.Run),
        [nameof(SensitivityStep)] = Step<SensitivityStep>(step => step.Run),
    };

    /// <summary>Reads the request, a line on the standard input, and runs the step.</summary>
    /// <returns>0 with a result, 1 without.</returns>
    public static int Run(string name)
    {
        var input = Console.OpenStandardInput();
        var line = ReadLine(input);
        Tether.EndWithParent();
        ProcessLimits.BeTheFirstToGo();
        var progress = new StepProgress(Console.Out);
        try
        {
            NativeRuntime.EnsureReady();
            using var request = JsonDocument.Parse(line);
            var result = Steps[name](request.RootElement, progress);
            progress.Write(new StepLine(null, JsonSerializer.SerializeToElement(result, StepJson.Line.GetTypeInfo(result.GetType())), null));
            return 0;
        }
        catch (Exception e) when (e is ScoringException or OnnxRuntimeException or IOException or UnauthorizedAccessException or JsonException)
        {
            progress.Write(new StepLine(null, null, e.Message));
            return 1;
        }
    }

    private static Func<JsonElement, StepProgress, object> Step<T>(Func<T, Func<StepProgress, object>> run)
        => (request, progress) => run(request.Deserialize(StepJson.Of<T>())!)(progress);

    private static string ReadLine(Stream input)
    {
        var bytes = new List<byte>();
        for (var value = input.ReadByte(); value is >= 0 and not '\n'; value = input.ReadByte())
        {
            bytes.Add((byte)value);
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
