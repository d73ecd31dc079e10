using System.Globalization;

namespace Scoring.Serving;

/// <summary>
/// Decides which requests may wait for a run: those that can be answered in time. That is the model's SLO, with a start before the request's deadline, or as long as the caller said that
/// it waits. The expected wait is the line times the measured run, by the share of slots that the model has beside those that wait with it; the more unlike the runs, the more is added. Guarded by the gate's lock.
/// </summary>
internal sealed class RunAdmission(ModelLines lines, LongRuns limits, LinkedList<RunWaiter> chunks, int maxQueuedRequests)
{
    // So many may wait for a model whose runs were hardly measured, since its first ones may have taken long for want of a processor.
    private const int MaxUnmeasured = 16;

    private static readonly TimeSpan MinRetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Whether no more requests may wait unless others make room.</summary>
    public bool IsFull => lines.Count >= maxQueuedRequests;

    /// <summary>Why a request may not wait; null where it may.</summary>
    public ScoringException? Refusal(ModelLine line, RunDeadline deadline)
    {
        var slots = limits.SlotsFor(line);
        var wait = lines.ExpectedWait(line, slots, chunks);
        if (line.Count >= line.MaxQueued)
        {
            return Overloaded(line.Count > 0 ? $"{line.Count} requests wait for a run of '{line.Model}' already." : $"'{line.Model}' has all the runs that it may have now, and none of its requests may wait.", wait);
        }

        if (IsFull && !MayPushOut(line))
        {
            return Overloaded(lines.Count > 0 ? $"{lines.Count} requests wait for a run already." : "All runs are taken, and no request may wait.", wait);
        }

        var margin = line.Cost.Margin;
        var (start, run, left) = (wait * margin, TimeSpan.FromSeconds(line.Cost.OfRun * margin), deadline.Left());
        if (deadline.IsCallers)
        {
            return left > TimeSpan.Zero && start + run > left ? Overloaded(Late(start, run, left, "left to the caller"), start + run - left) : null;
        }

        // A slot is to find a request when it comes free, also where a single run takes longer than the SLO.
        if (line.Count < (line.Cost.IsKnown ? slots : Math.Max(slots, MaxUnmeasured)))
        {
            return null;
        }

        if (start + run > line.Slo && line.Slo > TimeSpan.Zero)
        {
            return Overloaded(Late(start, run, line.Slo, "of the model's SLO"), wait);
        }

        return start > left && left > TimeSpan.Zero ? Overloaded(Late(start, run, left, $"left of {nameof(ScoringOptions.RequestTimeout)}"), wait) : null;
    }

    /// <summary>What a request is told that made room for another model's.</summary>
    public ScoringException PushedOut(ModelLine line) =>
        Overloaded($"{maxQueuedRequests} requests wait for a run, most of them for '{line.Model}'; another model's was let in.", lines.ExpectedWait(line, limits.SlotsFor(line), chunks));

    // A model that has less of the line than another may take a place of the other's.
    private bool MayPushOut(ModelLine line) =>
        lines.Longest() is { } longest && longest != line && (line.Count + 1) / line.Weight < longest.Count / longest.Weight;

    private static string Late(TimeSpan wait, TimeSpan run, TimeSpan limit, string whose) =>
        string.Create(CultureInfo.InvariantCulture, $"The run may start only in {wait.TotalMilliseconds:0} ms and take {run.TotalMilliseconds:0} ms; there are {limit.TotalMilliseconds:0} ms {whose}.");

    private static ScoringException Overloaded(string detail, TimeSpan retryAfter) =>
        new(ErrorCode.Overloaded, detail) { RetryAfter = retryAfter > MinRetryAfter ? TimeSpan.FromSeconds(Math.Ceiling(retryAfter.TotalSeconds)) : MinRetryAfter };
}
