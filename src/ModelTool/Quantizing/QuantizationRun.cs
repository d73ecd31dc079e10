using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Packages;
using ModelTool.Verbs;

namespace ModelTool.Quantizing;

/// <summary>Quantizes a model: 1 measured as it is, 2 declined where it is not worth beginning, 3 rewritten and measured beside it, 4 the best kept, if any.</summary>
/// <param name="Modes">Kinds to try.</param>
/// <param name="Options">What they share.</param>
/// <param name="SearchesSensitive">Whether to leave out the products that spoil answers most.</param>
internal sealed record QuantizationRun(
    ToolContext Context, ModelTarget Target, IReadOnlyList<QuantizationMode> Modes, QuantizationOptions Options, QuantizationBounds Bounds, MeasuredRows Rows, bool SearchesSensitive)
{
    public async Task<QuantizationReport> QuantizeAsync(string to, bool force, CancellationToken cancellationToken)
    {
        // 1. As it is. What would be added is known without running anything, for the first kind.
        var original = ModelFile.ReadWhole(Target.ModelPath);
        var before = new FileInfo(Target.ModelPath).Length + ExternalWeights.Files(ModelFile.Read(Target.ModelPath)).Sum(file => new FileInfo(Path.Combine(Path.GetDirectoryName(Target.ModelPath)!, file)).Length);
        var dry = original.Clone();
        var plan = ModelQuantizer.Rewrite(dry, Options with { Mode = Modes[0] == QuantizationMode.Static ? QuantizationMode.Dynamic : Modes[0] });
        var work = await Context.StepAsync<WorkFound>(new WorkStep(Target.Folder, Rows.Path, Rows.Sequence, Rows.Seconds, Math.Max(1, plan.AddedOperators)), Target.Given, cancellationToken);

        // 2. Not worth beginning?
        if (plan.Products + plan.Tables == 0)
        {
            return new("declined", $"Declined: there is nothing that INT8 could replace.{Left(plan)}", before, work, []);
        }

        var after = ExternalWeights.Write(dry).Length;
        var smaller = Modes[0] != QuantizationMode.WeightOnly && after < before ? " For size alone: --weight-only" : "";
        if (!force && QuantizationReport.ReasonToDecline(plan, Modes[0], before, after, work) is { } reason)
        {
            return new("declined", $"Declined before it began: {reason}. The original stays. To see it measured: --force{smaller}", before, work, []);
        }

        // 3. Each kind beside the original.
        using var attempts = new Attempts();
        foreach (var mode in Modes)
        {
            var options = Options with { Mode = mode };
            if (mode == QuantizationMode.Static)
            {
                var ranges = await Context.StepAsync<Dictionary<string, InputRange>>(new RangesStep(Target.Folder, Rows.Path!, Rows.Sequence), Target.Given, cancellationToken);
                options = options with { Ranges = ranges };
            }

            var trial = new QuantizationTrial(this, options, original, before, to);
            var (attempt, copy) = await trial.MeasureAsync(cancellationToken);
            attempts.Add(attempt, copy);
            if (attempt.FailsByAccuracyAlone && SearchesSensitive)
            {
                (attempt, copy) = await trial.WithoutSensitiveAsync(attempt, cancellationToken);
                attempts.Add(attempt, copy);
            }
        }

        // 4. The fastest of those within the limits.
        if (attempts.Best() is not var (best, package))
        {
            var hint = attempts.Made.Any(attempt => attempt.FailsByAccuracyAlone) && !SearchesSensitive ? " To leave out what spoils the answers: --sensitive" : "";
            return new("rejected", $"Rejected: {string.Join(". ", attempts.Made.Select(Failure))}. The original stays, nothing was written.{smaller}{hint}", before, work, attempts.Made);
        }

        await Context.StepAsync<GoldenFound>(new GoldenStep(package.Folder), to, cancellationToken);
        package.MoveTo(to);
        return new("accepted", $"Accepted{Kind(best)}: {to} is the new package.", before, work, attempts.Made);
    }

    private string Kind(QuantizationAttempt attempt) => Modes.Count > 1 ? $", {attempt.Mode.ToString().ToLowerInvariant()}" : "";

    private string Failure(QuantizationAttempt attempt) => $"{(Modes.Count > 1 ? $"{attempt.Mode.ToString().ToLowerInvariant()}: " : "")}{attempt.Failures}";

    private static string Left(QuantizationPlan plan) => plan.Left.Count == 0 ? "" : $" Left: {string.Join("; ", plan.Left)}.";

    private sealed class Attempts : IDisposable
    {
        private readonly List<(QuantizationAttempt Attempt, PackageCopy Copy)> made = [];

        public IReadOnlyList<QuantizationAttempt> Made => [.. made.Select(entry => entry.Attempt)];

        public void Add(QuantizationAttempt attempt, PackageCopy copy) => made.Add((attempt, copy));

        public (QuantizationAttempt Attempt, PackageCopy Copy)? Best() =>
            made.Where(entry => entry.Attempt.IsKept).OrderBy(entry => entry.Attempt.Compared.LatencyRatio).Select(entry => ((QuantizationAttempt, PackageCopy)?)entry).FirstOrDefault();

        public void Dispose() => made.ForEach(entry => entry.Copy.Dispose());
    }
}
