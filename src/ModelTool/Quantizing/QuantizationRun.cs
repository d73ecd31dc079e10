using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Packages;
using ModelTool.Verbs;
using Scoring.Onnx;

namespace ModelTool.Quantizing;

/// <summary>Quantizes a model: 1 measured as it is, 2 kinds declined that are not worth beginning, 3 the others rewritten and measured beside it, 4 the best kept, if any.</summary>
/// <param name="Modes">Kinds to try.</param>
/// <param name="Options">What they share.</param>
/// <param name="SearchesSensitive">Whether to leave out the products that spoil answers most.</param>
internal sealed record QuantizationRun(
    ToolContext Context, ModelTarget Target, IReadOnlyList<QuantizationMode> Modes, QuantizationOptions Options, QuantizationBounds Bounds, MeasuredRows Rows, bool SearchesSensitive)
{
    /// <summary>True where nobody named kinds: then what only saves bytes is shown, and not kept.</summary>
    public bool IsUnasked { get; init; }

    public async Task<QuantizationReport> QuantizeAsync(string to, bool force, CancellationToken cancellationToken)
    {
        // 1. As it is. What would be added is known without running anything.
        var original = ModelFile.ReadWhole(Target.ModelPath);
        var before = new FileInfo(Target.ModelPath).Length + ExternalWeights.Files(ModelFile.Read(Target.ModelPath)).Sum(file => new FileInfo(Path.Combine(Path.GetDirectoryName(Target.ModelPath)!, file)).Length);
        var drafts = Modes.Select(mode => QuantizationDraft.Of(original, Options with { Mode = mode })).ToList();
        var work = await Context.StepAsync<WorkFound>(new WorkStep(Target.Folder, Rows.Path, Rows.Sequence, Rows.Seconds, Math.Max(1, drafts[0].Plan?.AddedOperators ?? 1)), Target.Given, cancellationToken);

        // 2. Not worth beginning?
        var declined = drafts.Select(draft => new DeclinedKind(draft.Mode, (force && draft.Applies ? null : draft.ReasonToDecline(before, work)) ?? "")).Where(kind => kind.Reason.Length > 0).ToList();
        var left = drafts.Where(draft => declined.TrueForAll(kind => kind.Mode != draft.Mode)).ToList();
        var verdict = new QuantizationVerdict(this, drafts, declined, before, work);
        if (left.Count == 0)
        {
            return verdict.Declined();
        }

        // 3. Each kind beside the original.
        using var attempts = new QuantizationAttempts();
        foreach (var draft in left)
        {
            await TryAsync(Options with { Mode = draft.Mode }, original, before, to, attempts, cancellationToken);
        }

        // 4. The best of those within the limits.
        if (attempts.Best(IsUnasked) is not var (best, package))
        {
            return verdict.Rejected(attempts.Made);
        }

        await Context.StepAsync<GoldenFound>(new GoldenStep(package.Folder), to, cancellationToken);
        package.MoveTo(to);
        return verdict.Accepted(attempts.Made, best, to);
    }

    private async Task TryAsync(QuantizationOptions options, ModelProto original, long before, string to, QuantizationAttempts attempts, CancellationToken cancellationToken)
    {
        if (options.Mode == QuantizationMode.Static)
        {
            var ranges = await Context.StepAsync<Dictionary<string, InputRange>>(new RangesStep(Target.Folder, Rows.Path!, Rows.Sequence, options.Exclude), Target.Given, cancellationToken);
            options = options with { Ranges = ranges };
        }

        var trial = new QuantizationTrial(this, options, original, before, to);
        var (attempt, copy) = await trial.MeasureAsync(cancellationToken);
        attempts.Add(attempt, copy);
        if (attempt.FailsByAccuracyAlone && SearchesSensitive && attempt.Plan.Names.Count > 0)
        {
            (attempt, copy) = await trial.WithoutSensitiveAsync(attempt, cancellationToken);
            attempts.Add(attempt, copy);
        }
    }
}
