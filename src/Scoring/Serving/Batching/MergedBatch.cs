using Scoring.Inference;

namespace Scoring.Serving.Batching;

/// <summary>
/// The batches that share one run: the first, which was granted the slot, and the others, which waited behind it. Where the merged run is refused, each batch runs
/// separately, so that a row at fault fails its own request alone.
/// </summary>
internal sealed class MergedBatch(ScoringBatch first, IRunCaller? caller, List<PendingBatch> others, BatchSizeTuner tuner) : IRunCaller
{
    private readonly bool[] isAnswered = new bool[others.Count];
    private readonly Exception?[] faults = new Exception?[others.Count];

    /// <summary>Rows of all batches.</summary>
    public int Rows { get; } = first.Count + others.Sum(other => other.Batch.Count);

    /// <summary>Requests that share the run.</summary>
    private int Size => others.Count + 1;

    /// <summary>Runs all batches in one run. While this batch size is being measured, and while it is not sure that padding is harmless, each batch then runs separately too.</summary>
    /// <param name="limit">Ends the run once none of its callers waits.</param>
    /// <exception cref="ScoringException">As <see cref="ScoringBatch.Run(RunLimit?, CancellationToken)"/> tells, of the first batch alone; <see cref="Answer"/> tells the others.</exception>
    public void Run(RunLimit limit)
    {
        // A caller that leaves must not end what the others wait for.
        limit.Share([.. others.Select(other => other.Deadline)]);
        try
        {
            RunMerged(limit);
        }
        catch (Exception exception) when (limit.HasEnded || exception is ModelProcessException)
        {
            Array.Fill(faults, exception);
            throw;
        }
    }

    /// <summary>All of them are answered. The run may yet read and write their batches, which therefore are not used again.</summary>
    public void RunIsStuck(ScoringException failure)
    {
        caller?.RunIsStuck(failure);
        foreach (var other in others)
        {
            other.Batch.Abandon();
            other.Fail(failure);
        }
    }

    /// <summary>Lets the others go on, with their answers or with what kept them from having one.</summary>
    public void Answer()
    {
        for (var index = 0; index < others.Count; index++)
        {
            if (isAnswered[index])
            {
                others[index].Complete();
            }
            else
            {
                others[index].Fail(faults[index] ?? new ScoringException(ErrorCode.InferenceFailed, "The run that this request shared ended unexpectedly."));
            }
        }
    }

    private void RunMerged(RunLimit limit)
    {
        var model = first.Model;
        var policy = model.Batching;
        var began = RunClock.Read(model.Settings);
        using var merged = new MergedRows(model);
        merged.Append(first);
        others.ForEach(other => merged.Append(other.Batch));
        if (!merged.TryRun(limit))
        {
            policy.Failed();
            RunSeparately(limit, null);
            return;
        }

        var isMeasured = tuner.IsMeasuring(Size);
        var isPadded = others.Exists(other => BatchShape.IsPadded(first, other.Batch));
        if (isMeasured || (isPadded && !policy.TrustsPadding))
        {
            var ended = RunClock.Read(model.Settings);
            var agree = RunSeparately(limit, merged);
            if (isPadded)
            {
                policy.Padded(agree);
            }

            // Where padded texts are answered otherwise, the padding may be all that is to blame: the size is judged by texts of one length.
            if (isMeasured && (agree || !isPadded))
            {
                tuner.Measured(Size, ended - began, RunClock.Read(model.Settings) - ended, agree);
            }
        }
        else
        {
            CopyAnswers(merged);
        }

        policy.Succeeded();
    }

    private void CopyAnswers(MergedRows merged)
    {
        merged.CopyAnswers(first, 0);
        var row = first.Count;
        for (var index = 0; index < others.Count; index++)
        {
            merged.CopyAnswers(others[index].Batch, row);
            row += others[index].Batch.Count;
            isAnswered[index] = true;
        }
    }

    // The first batch runs last: what its run throws is for its own caller, and by then the others have their answers.
    // Returns whether the merged run, where there was one, gave the same answers.
    private bool RunSeparately(RunLimit limit, MergedRows? merged)
    {
        var agree = true;
        var row = first.Count;
        for (var index = 0; index < others.Count; index++)
        {
            var batch = others[index].Batch;
            try
            {
                batch.Run(limit, CancellationToken.None);
                agree &= merged is null || merged.AgreesWith(batch, row);
                isAnswered[index] = true;
            }
            catch (Exception exception)
            {
                agree = false;
                faults[index] = exception;
            }

            row += batch.Count;
        }

        first.Run(limit, CancellationToken.None);
        return agree & (merged is null || merged.AgreesWith(first, 0));
    }
}
