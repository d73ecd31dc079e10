using System.Diagnostics;
using Scoring.Inference;

namespace Scoring.Serving.Batching;

/// <summary>Batches in one run: the one that was granted it, and others that waited behind.</summary>
internal sealed class MergedBatch(ScoringBatch granted, List<RunWaiter> others, RunLimit? limit)
{
    private readonly int rows = granted.Count + others.Sum(other => other.Batch!.Count);
    private readonly bool[] isAnswered = new bool[others.Count];
    private readonly Exception?[] faults = new Exception?[others.Count];

    /// <summary>Runs them together, or one after the other where they are refused; while a merged batch of this size is new, both ways.</summary>
    public (int Rows, TimeSpan Time) Run(BatchingPolicy policy, BatchSizeTuner tuner)
    {
        // One that leaves must not end what the others wait for.
        limit?.Share([.. others.Select(other => other.Token)]);
        try
        {
            return RunJointly(policy, tuner);
        }
        catch (Exception exception) when (limit is { HasEnded: true })
        {
            Array.Fill(faults, exception);
            throw;
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

    private (int Rows, TimeSpan Time) RunJointly(BatchingPolicy policy, BatchSizeTuner tuner)
    {
        var start = Stopwatch.GetTimestamp();
        var settings = granted.Model.Settings;
        var began = RunClock.Read(settings);
        using var together = granted.Model.RentBatch();
        together.Take(granted);
        foreach (var other in others)
        {
            together.Take(other.Batch!);
        }

        if (!together.TryRunTogether(limit))
        {
            policy.Failed();
            RunApart(null);
            return (rows, Stopwatch.GetElapsedTime(start));
        }

        var isNew = tuner.IsNew(others.Count + 1);
        var pads = others.Exists(other => granted.PadsWith(other.Batch!));
        if (isNew || (pads && !policy.TrustsPadding))
        {
            var ended = RunClock.Read(settings);
            var agree = RunApart(together);
            if (pads)
            {
                policy.Padded(agree);
            }

            // What disagrees may do so for its padding alone; texts of one length will tell.
            if (isNew && (agree || !pads))
            {
                tuner.Measured(others.Count + 1, ended - began, RunClock.Read(settings) - ended, agree);
            }
        }
        else
        {
            HandOut(together);
        }

        policy.Succeeded();
        return (rows, Stopwatch.GetElapsedTime(start));
    }

    private void HandOut(ScoringBatch together)
    {
        var first = granted.Count;
        granted.TakeAnswers(together, 0);
        for (var index = 0; index < others.Count; index++)
        {
            var batch = others[index].Batch!;
            batch.TakeAnswers(together, first);
            first += batch.Count;
            isAnswered[index] = true;
        }
    }

    // The granted last: what it throws is its caller's, and the others have their answers by then.
    private bool RunApart(ScoringBatch? together)
    {
        var agree = true;
        var first = granted.Count;
        for (var index = 0; index < others.Count; index++)
        {
            var batch = others[index].Batch!;
            try
            {
                batch.Run(limit, CancellationToken.None);
                agree &= together is null || batch.AgreesWith(together, first);
                isAnswered[index] = true;
            }
            catch (Exception exception)
            {
                agree = false;
                faults[index] = exception;
            }

            first += batch.Count;
        }

        granted.Run(limit, CancellationToken.None);
        return agree & (together is null || granted.AgreesWith(together, 0));
    }
}
