using ModelTool.Measuring;
using ModelTool.Verbs;

namespace ModelTool.Quantizing;

/// <summary>Puts a run's end into words.</summary>
internal sealed class QuantizationVerdict(QuantizationRun run, IReadOnlyList<QuantizationDraft> drafts, IReadOnlyList<DeclinedKind> declined, long bytes, WorkFound work)
{
    public QuantizationReport Declined()
    {
        // The first says most: the kinds stand in the order of what they could gain.
        var draft = drafts[0];
        var reason = declined.First(kind => kind.Mode == draft.Mode).Reason;
        var sentence = draft.Refused is not null ? reason
            : !draft.Applies ? $"Declined: {reason}"
            : $"Declined before it began: {reason}. The original stays. To see it measured: --force{SizeAlone([])}";
        return Report("declined", sentence, []);
    }

    public QuantizationReport Rejected(IReadOnlyList<QuantizationAttempt> attempts)
    {
        var judged = attempts.Where(attempt => !run.IsUnasked || !attempt.Mode.IsForSize()).ToList();
        if (judged.Count == 0)
        {
            var reasons = declined.Where(kind => !kind.Mode.IsForSize()).Select(kind => $"{kind.Mode.Name()}: {kind.Reason}");
            return Report("declined", $"Declined: nothing would make it faster. {string.Join(" ", reasons)}{SizeAlone(attempts)}", attempts);
        }

        var hint = judged.Any(attempt => attempt.FailsByAccuracyAlone) && !run.SearchesSensitive ? " To leave out what spoils the answers: --sensitive" : "";
        return Report("rejected", $"Rejected: {string.Join(". ", judged.Select(attempt => $"{(judged.Count > 1 ? $"{attempt.Mode.Name()}: " : "")}{attempt.Failures}"))}. The original stays, nothing was written.{SizeAlone(attempts)}{hint}", attempts);
    }

    public QuantizationReport Accepted(IReadOnlyList<QuantizationAttempt> attempts, QuantizationAttempt best, string to) =>
        Report("accepted", $"Accepted{(attempts.Count > 1 ? $", {best.Mode.Name()}" : "")}: {to} is the new package.", attempts) with { Chosen = best.Mode };

    private QuantizationReport Report(string verdict, string sentence, IReadOnlyList<QuantizationAttempt> attempts) =>
        new(verdict, sentence, bytes, work, QuantizationFront.Mark(attempts)) { Declined = declined };

    // What saves bytes at least: as it was measured, or, where it was not, that it can be asked for.
    private string SizeAlone(IReadOnlyList<QuantizationAttempt> attempts)
    {
        var smallest = attempts.Where(attempt => attempt.Mode.IsForSize() && attempt.IsKept).MinBy(attempt => attempt.QuantizedBytes);
        return smallest is not null ? Figures.Text($" For size alone: {smallest.Mode.Option()} ({smallest.BytesRatio:0.00} of the bytes, {smallest.Compared.LatencyRatio:0.00} of the time)")
            : drafts.All(draft => !draft.Mode.IsForSize()) && drafts.Any(draft => draft.Applies && draft.Bytes < bytes) ? " For size alone: --weight-only"
            : "";
    }
}
