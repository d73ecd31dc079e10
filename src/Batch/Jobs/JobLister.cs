using Azure;
using Scoring.Batch.Storage;

namespace Scoring.Batch.Jobs;

/// <summary>
/// Lists jobs, newest first. A page costs one listing and one read for each job whose state it looks at: those shown, or up to <see cref="MaxLooks"/> where it
/// looks for a state. Thread safe.
/// </summary>
internal sealed class JobLister(JobStorage storage)
{
    private const int MaxLooks = 200;
    private const int LooksAtOnce = 16;

    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: <paramref name="after"/> is not what a page gave.</exception>
    public async Task<JobList> ListAsync(JobFilter filter, JobCaller caller, string? after, int limit, CancellationToken cancellationToken)
    {
        // 1. A page of the index, from behind the last job that was looked at.
        var cursor = JobCursor.Parse(after);
        var (indexed, next) = await ReadAsync(cursor.Marker, filter == new JobFilter() && caller.SeesAll ? limit : JobIndex.MaxPage, cancellationToken).ConfigureAwait(false);

        // 2. How those stand that may be meant.
        var rest = indexed.Where(job => string.CompareOrdinal(job.Place, cursor.Last) > 0 && caller.Sees(job.Owner) && IsMeant(filter, job)).ToList();
        var meant = rest.Take(filter.State is null ? limit : MaxLooks).ToArray();
        var found = new JobSummary[meant.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = LooksAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, meant.Length, parallel, async (i, token) => found[i] = await LookAsync(meant[i], token).ConfigureAwait(false)).ConfigureAwait(false);

        // 3. As many as the page takes, and where the next begins.
        var jobs = new List<JobSummary>();
        var looked = 0;
        while (looked < meant.Length && jobs.Count < limit)
        {
            var job = found[looked++];
            if (filter.State is null || job.State == filter.State)
            {
                jobs.Add(job);
            }
        }

        var following = looked < rest.Count ? new JobCursor(cursor.Marker, meant[looked - 1].Place)
            : next is not null ? new JobCursor(next, "")
            : (JobCursor?)null;
        return new JobList(jobs, following?.ToText());
    }

    private static bool IsMeant(JobFilter filter, IndexedJob job) => (filter.Model ?? job.Model) == job.Model && (filter.Group is null || filter.Group == job.Group);

    private async Task<(IReadOnlyList<IndexedJob> Jobs, string? Next)> ReadAsync(string? marker, int size, CancellationToken cancellationToken)
    {
        try
        {
            return await storage.Index.ReadAsync(marker, size, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.Status == 400 && marker is not null)
        {
            throw JobCursor.Unknown();
        }
    }

    private async Task<JobSummary> LookAsync(IndexedJob job, CancellationToken cancellationToken)
    {
        var status = (await storage.Records.FindStatusAsync(job.Id, cancellationToken).ConfigureAwait(false))?.Value ?? new JobStatus { State = JobState.Queued, QueuedAt = job.Seen };
        return new JobSummary(
            job.Id, status.State, job.Model, status.Version, job.Group, status.QueuedAt, status.StartedAt, status.EndedAt, status.Rows, status.FailedRows, status.Error);
    }
}
