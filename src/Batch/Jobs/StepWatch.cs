using Scoring.Batch.Storage;

namespace Scoring.Batch.Jobs;

/// <summary>Looks at a job's status while one of its steps goes on, and gives the step up where the job was cancelled, has failed or is past its timeout. Thread safe.</summary>
internal sealed class StepWatch(JobStorage storage, TimeProvider time)
{
    // One look is one storage request, and most chunks take a few seconds.
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    /// <summary>Does the work, and cancels it once it is of no use any more.</summary>
    /// <param name="id">The job.</param>
    /// <param name="work">Ends when its token fires.</param>
    /// <param name="cancellationToken">Cancels the work too.</param>
    /// <exception cref="JobEndedException">The work was given up.</exception>
    public async Task<T> RunAsync<T>(string id, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var task = work(ended.Token);
        JobEndedException? reason = null;
        while (reason is null && await Task.WhenAny(task, Task.Delay(LookInterval, time, CancellationToken.None)).ConfigureAwait(false) != task)
        {
            reason = await HasEndedAsync(id, cancellationToken).ConfigureAwait(false) ? new JobEndedException(id) : null;
        }

        if (reason is null)
        {
            return await task.ConfigureAwait(false);
        }

        await ended.CancelAsync().ConfigureAwait(false);
        try
        {
            return await task.ConfigureAwait(false);
        }
        catch (Exception)
        {
            throw reason;
        }
    }

    /// <summary>Whether the job needs no step any more. Storage that is away for a look is no reason to end one.</summary>
    public async Task<bool> HasEndedAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            var status = (await storage.Records.FindStatusAsync(id, cancellationToken).ConfigureAwait(false))?.Value;
            return status is not null && (status.IsFinal || status.Deadline < time.GetUtcNow());
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
