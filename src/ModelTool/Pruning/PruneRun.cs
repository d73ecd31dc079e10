using System.Text.Json.Nodes;
using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Packages;
using ModelTool.Quantizing;
using ModelTool.Verbs;

namespace ModelTool.Pruning;

/// <summary>Prunes a model at several shares and measures each: the most that keeps to the limits stays, and what it is worth is said as it is.</summary>
internal sealed record PruneRun(ToolContext Context, ModelTarget Target, IPruning Pruning, IReadOnlyList<double> Shares, QuantizationBounds Bounds, MeasuredRows Rows)
{
    public async Task<PruneReport> PruneAsync(string to, CancellationToken cancellationToken)
    {
        var (bytes, compressed) = PackageBytes.Of(Target.Folder);
        var trials = new List<PruneTrial>();
        PackageCopy? best = null;
        try
        {
            foreach (var share in Shares.Order())
            {
                var copy = PackageCopy.For(Target.Folder, to, _ => { });
                var trial = await MeasureAsync(copy, share, bytes, compressed, cancellationToken);
                trials.Add(trial);
                if (trial.IsKept)
                {
                    best?.Dispose();
                    best = copy;
                }
                else
                {
                    copy.Dispose();
                }
            }

            var chosen = trials.LastOrDefault(trial => trial.IsKept);
            if (chosen is not null)
            {
                await Context.StepAsync<GoldenFound>(new GoldenStep(best!.Folder), to, cancellationToken);
                best.MoveTo(to);
            }

            return new PruneReport(chosen is null ? "rejected" : "accepted", Sentence(trials, chosen, bytes, compressed, to), Pruning.What, bytes, compressed, trials, chosen?.Share);
        }
        finally
        {
            best?.Dispose();
        }
    }

    private async Task<PruneTrial> MeasureAsync(PackageCopy copy, double share, long bytesBefore, long compressedBefore, CancellationToken cancellationToken)
    {
        try
        {
            var model = ModelFile.ReadWhole(Target.ModelPath);
            (long Removed, long Of) done = (0, 0);
            copy.EditConfig(config => done = Pruning.Apply(model, config, copy, share));
            copy.ReplaceModel(ExternalWeights.Write(model));
            var (bytes, compressed) = PackageBytes.Of(copy.Folder);
            var compared = await Context.StepAsync<CompareFound>(new CompareStep(Target.Folder, copy.Folder, Rows.Path, Rows.Sequence, Rows.Seconds, Rows.Label), Target.Given, cancellationToken);
            var labelled = await LabelledQuality.OfBothAsync(Context, Target, copy.Folder, Rows, cancellationToken);
            var ratio = Pruning.LeavesZeros ? (double)compressed / compressedBefore : (double)bytes / bytesBefore;
            var limits = new List<Limit>
            {
                Limit.AtMost(Pruning.LeavesZeros ? "compressed bytes, of the original's" : "bytes, of the original's", ratio, Pruning.MaxBytes),
                Limit.AtMost("median latency, of the original's", compared.LatencyRatio, Math.Min(Bounds.Latency, Pruning.MaxLatency)),
            };
            limits.AddRange(AnswerLimits.Of(compared, Bounds));
            limits.AddRange(LabelledLimits.Of(labelled, Bounds));

            return new PruneTrial(share, done.Removed, done.Of, bytes, compressed, compared, labelled is null ? null : labelled.Value.Original.Accuracy - labelled.Value.Changed.Accuracy, limits);
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    private string Sentence(List<PruneTrial> trials, PruneTrial? chosen, long bytes, long compressed, string to)
    {
        var dense = Pruning.LeavesZeros
            ? " ONNX Runtime's kernels on the CPU are dense: a zero takes as long, and as many bytes in the file, as any other number. It pays only where packages are kept or moved compressed."
            : "";
        if (chosen is not null)
        {
            return Figures.Text($"Accepted: {to} is the new package, without {chosen.Removed:#,0} of {chosen.Of:#,0} {Pruning.What}: {bytes:#,0} bytes became {chosen.Bytes:#,0}, compressed {compressed:#,0} became {chosen.CompressedBytes:#,0}, and a run takes {chosen.Compared.LatencyRatio:0.00} of the time.{dense}");
        }

        return $"Rejected: {string.Join(". ", trials.Select(trial => Figures.Text($"{trial.Share:0.##}: {string.Join("; ", trial.Limits.Where(limit => !limit.Kept).Select(limit => Figures.Text($"{limit.Name} {limit.Found:0.0000}, limit {limit.Bound:0.####}")))}")))}. The original stays, nothing was written.{dense}{Pruning.Remedy}";
    }
}
