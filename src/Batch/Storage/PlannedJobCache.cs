using Scoring.Batch.Chunks;
using Scoring.Batch.Jobs;
using Scoring.Batch.Messages;
using Scoring.Batch.Planning;

namespace Scoring.Batch.Storage;

/// <summary>Keeps the few jobs whose chunks this process works on, so that a chunk does not read its job again. Thread safe.</summary>
internal sealed class PlannedJobCache(JobRecords store, PlanStore plans)
{
    private const int JobsKept = 8;

    private readonly Lock gate = new();
    private readonly LinkedList<Entry> recent = [];

    /// <summary>What was asked under the id; null when nothing was.</summary>
    public async Task<JobRequest?> FindRequestAsync(string id, CancellationToken cancellationToken) =>
        Touch(id)?.Request ?? (await store.FindRequestAsync(id, cancellationToken).ConfigureAwait(false) is { } request ? Keep(request).Request : null);

    /// <summary>The job; null when it has no plan (yet, or any more).</summary>
    public async Task<PlannedJob?> FindAsync(JobRequest request, CancellationToken cancellationToken)
    {
        var entry = Touch(request.Id) ?? Keep(request);
        entry.Plan ??= await plans.FindAsync(request.Id, cancellationToken).ConfigureAwait(false);
        return entry.Plan is { } plan ? new PlannedJob(request, plan) : null;
    }

    private Entry? Touch(string id)
    {
        lock (gate)
        {
            for (var node = recent.First; node is not null; node = node.Next)
            {
                if (node.Value.Request.Id == id)
                {
                    recent.Remove(node);
                    recent.AddFirst(node);
                    return node.Value;
                }
            }
        }

        return null;
    }

    private Entry Keep(JobRequest request)
    {
        var entry = new Entry(request);
        lock (gate)
        {
            recent.AddFirst(entry);
            if (recent.Count > JobsKept)
            {
                recent.RemoveLast();
            }
        }

        return entry;
    }

    private sealed class Entry(JobRequest request)
    {
        public JobRequest Request { get; } = request;

        // Never changes once it is there.
        public JobPlan? Plan { get; set; }
    }
}
