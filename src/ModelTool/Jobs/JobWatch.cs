using System.Globalization;
using Azure;
using Scoring.Batch.Jobs;

namespace ModelTool.Jobs;

/// <summary>Follows a job to its end. A storage that is away for a while is waited for.</summary>
internal sealed class JobWatch(JobService jobs)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Waits until the job has ended.</summary>
    /// <param name="say">Receives how the job stands, whenever that changes.</param>
    public async Task<JobView> UntilEndAsync(string id, Action<string> say, CancellationToken cancellationToken)
    {
        var said = "";
        while (true)
        {
            var job = await TryShowAsync(id, cancellationToken);
            if (job?.State is JobState.Succeeded or JobState.Failed or JobState.Cancelled)
            {
                return job;
            }

            var now = Describe(job);
            if (now != said)
            {
                say(said = now);
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }

    /// <summary>How a job stands, in a line.</summary>
    public static string Describe(JobView? job) => job switch
    {
        null => "the storage does not answer; waiting for it",
        { State: JobState.Queued } => "queued, waiting for an app to take it up; one that runs on this storage (./dev up) does within seconds",
        { State: JobState.Retrying } => $"retrying, try {job.Tries} ended with {job.Error?.Code}: {job.Error?.Detail}",
        { RowsTotal: null, Rows: 0 } => "planning, reading the input",
        { RowsTotal: null } => string.Create(CultureInfo.InvariantCulture, $"planning, {job.Rows:N0} rows scored"),
        _ => string.Create(CultureInfo.InvariantCulture, $"running, {job.Rows:N0} of {job.RowsTotal:N0} rows scored, {job.Chunks} of {job.ChunksTotal} chunks"),
    };

    private async Task<JobView?> TryShowAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await jobs.ShowAsync(id, cancellationToken);
        }
        catch (Exception exception) when (JobFaults.IsOutage(exception) && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
