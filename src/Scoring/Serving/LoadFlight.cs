namespace Scoring.Serving;

/// <summary>
/// Runs one load at a time however many callers ask for it. A failure is told to all who wait and to those who come before the next try is due,
/// 250 ms after the first failure and up to 5 s after many; it is never kept longer. A caller that leaves does not end the load. Thread safe.
/// </summary>
internal sealed class LoadFlight(Func<LoadUrgency, CancellationToken, Task<ServedVersion>> load, TimeProvider time, CancellationToken lifetime)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private Task<ServedVersion>? flight;
    private LoadUrgency urgency = new();
    private ScoringException? failure;
    private TimeSpan pause;
    private long failedAt;

    /// <summary>True while a load runs.</summary>
    public bool IsRunning => flight is not null;

    /// <summary>The latest failure; null after a success.</summary>
    public ScoringException? Failure => failure;

    /// <summary>Joins the load that runs, or starts one.</summary>
    /// <param name="isUrgent">True for a request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ScoringException">The load failed, now or less than the pause ago; or the caller's token fired first.</exception>
    public async Task<ServedVersion> JoinAsync(bool isUrgent, CancellationToken cancellationToken)
    {
        Task<ServedVersion> joined;
        lock (gate)
        {
            if (flight is null && failure is not null && time.GetElapsedTime(failedAt) is var since && since < pause)
            {
                throw Again(failure, pause - since);
            }

            if (flight is null)
            {
                var own = urgency = new LoadUrgency();
                flight = Task.Run(() => RunAsync(own), CancellationToken.None);
            }

            if (isUrgent)
            {
                urgency.Raise();
            }

            joined = flight;
        }

        try
        {
            return await joined.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new ScoringException(ErrorCode.ModelUnavailable, "The model is still loading.") { RetryAfter = TimeSpan.FromSeconds(1) };
        }
        catch (ScoringException e)
        {
            throw Again(e, pause);
        }
    }

    private static ScoringException Again(ScoringException failure, TimeSpan wait) =>
        new(failure.Code, failure.Message, failure)
        {
            RetryAfter = failure.Code == ErrorCode.ModelUnavailable ? TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds)) : null,
        };

    private async Task<ServedVersion> RunAsync(LoadUrgency own)
    {
        ScoringException? fault = null;
        try
        {
            return await load(own, lifetime).ConfigureAwait(false);
        }
        catch (ScoringException e)
        {
            fault = e;
            throw;
        }
        catch (Exception e)
        {
            // What is not expected is logged in full by the loader and told to callers without its text.
            fault = new ScoringException(ErrorCode.ModelUnavailable, "The model could not be loaded.", e);
            throw fault;
        }
        finally
        {
            lock (gate)
            {
                flight = null;
                failure = fault;
                failedAt = time.GetTimestamp();
                pause = fault is null ? TimeSpan.Zero : pause == TimeSpan.Zero ? FirstPause : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, MaxPause.Ticks));
            }
        }
    }
}
