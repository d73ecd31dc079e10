using Scoring.Batch.Planning;

namespace Scoring.Batch.Jobs;

/// <summary>Keeps the few jobs whose chunks this process works on, so that a chunk does not read its job again. Thread safe.</summary>
internal sealed class PlannedJobCache(JobStore store, PlanStore plans)
{
    private const int JobsKept = 8;

    private readonly Lock gate = new();
    private readonly LinkedList<PlannedJob> recent = [];

    /// <summary>The job; null when it has no plan (yet, or any more).</summary>
    public async Task<PlannedJob?> FindAsync(string id, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            for (var node = recent.First; node is not null; node = node.Next)
            {
                if (node.Value.Id == id)
                {
                    recent.Remove(node);
                    recent.AddFirst(node);
                    return node.Value;
                }
            }
        }

        var request = await store.FindRequestAsync(id, cancellationToken).ConfigureAwait(false);
        var plan = request is null ? null : await plans.FindAsync(id, cancellationToken).ConfigureAwait(false);
        return plan is null ? null : Keep(new PlannedJob(request!, plan));
    }

    private PlannedJob Keep(PlannedJob job)
    {
        lock (gate)
        {
            recent.AddFirst(job);
            if (recent.Count > JobsKept)
            {
                recent.RemoveLast();
            }
        }

        return job;
    }
}
