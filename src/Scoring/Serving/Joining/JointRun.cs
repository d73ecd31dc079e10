using System.Diagnostics;

namespace Scoring.Serving.Joining;

/// <summary>
/// The run of a batch that had to wait: those that wait behind it with rows of the same model and shape come along where that pays. A company that is refused is run
/// batch by batch, so that a row at fault fails its own request alone.
/// </summary>
public static class JointRun
{
    /// <summary>Runs the batch, and others with it, inside the slot that it was granted.</summary>
    /// <returns>Rows that were run, and the time of the run.</returns>
    /// <exception cref="ScoringException">As <see cref="ScoringBatch.Run"/> tells, of this batch alone; the others get their own.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two parts of a batch that ran alone.</exception>
    public static (int Rows, TimeSpan Time) Run(ScoringBatch batch, RunGate gate, CancellationToken cancellationToken)
    {
        var policy = batch.Model.Joining;
        var trial = policy.For(batch);
        var others = trial is null ? [] : gate.TakeCompany(batch, policy.MaxRows, trial.MostBatches);
        if (others.Count == 0)
        {
            var start = Stopwatch.GetTimestamp();
            batch.Run(cancellationToken);
            return (batch.Count, Stopwatch.GetElapsedTime(start));
        }

        var company = new Company(batch, others);
        try
        {
            return company.Run(policy, trial!);
        }
        finally
        {
            // Whatever happens here, nobody waits for ever.
            company.Abandon();
        }
    }
}
