using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Packages;
using ModelTool.Verbs;
using Scoring.Configuration;
using Scoring.Onnx;
using Scoring.Repository;

namespace ModelTool.Quantizing;

/// <summary>Rewrites a model in one way and measures it beside the original.</summary>
internal sealed class QuantizationTrial(QuantizationRun run, QuantizationOptions options, ModelProto original, long bytesBefore, string to)
{
    /// <summary>Measures the rewritten model. The copy is the caller's to dispose; nobody sees it until it is moved.</summary>
    public Task<(QuantizationAttempt Attempt, PackageCopy Copy)> MeasureAsync(CancellationToken cancellationToken) => MeasureAsync(options, cancellationToken);

    /// <summary>Leaves out the products and tables whose INT8 alone moves the answers most, twice as many each time, until the answers are within the limits or half are left out.</summary>
    public async Task<(QuantizationAttempt Attempt, PackageCopy Copy)> WithoutSensitiveAsync(QuantizationAttempt spoilt, CancellationToken cancellationToken)
    {
        var step = new SensitivityStep(run.Target.Folder, options, spoilt.Plan.Names, run.Rows.Path, run.Rows.Sequence);
        var differences = await run.Context.StepAsync<Dictionary<string, double>>(step, run.Target.Given, cancellationToken);
        string[] worst = [.. differences.OrderByDescending(entry => entry.Value).Select(entry => entry.Key)];
        for (var count = 1; ; count *= 2)
        {
            var (attempt, copy) = await MeasureAsync(options with { Exclude = [.. options.Exclude, .. worst.Take(count)] }, cancellationToken);
            if (!attempt.FailsByAccuracyAlone || 2 * count > worst.Length / 2)
            {
                return (attempt, copy);
            }

            copy.Dispose();
        }
    }

    private async Task<(QuantizationAttempt Attempt, PackageCopy Copy)> MeasureAsync(QuantizationOptions with, CancellationToken cancellationToken)
    {
        var model = original.Clone();
        var plan = ModelQuantizer.Rewrite(model, with);
        var bytes = ExternalWeights.Write(model);
        var copy = PackageCopy.For(run.Target.Folder, to, _ => { });
        try
        {
            copy.ReplaceModel(bytes);
            var compared = await run.Context.StepAsync<CompareFound>(new CompareStep(run.Target.Folder, copy.Folder, run.Rows.Path, run.Rows.Sequence, run.Rows.Seconds, run.Rows.Label), run.Target.Given, cancellationToken);
            var labelled = await LabelledQuality.OfBothAsync(run.Context, run.Target, copy.Folder, run.Rows, cancellationToken);
            var slo = ModelConfigReader.ReadFile(ModelTarget.Package(run.Target.Folder).ConfigPath).Slo;
            return (new QuantizationAttempt(with.Mode, bytes.Length, plan, compared, QuantizationReport.Judge(with.Mode, run.Bounds, (double)bytes.Length / bytesBefore, compared, slo, labelled)) { BytesRatio = (double)bytes.Length / bytesBefore }, copy);
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }
}
