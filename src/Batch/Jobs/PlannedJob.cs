using Scoring.Batch.Messages;
using Scoring.Batch.Planning;

namespace Scoring.Batch.Jobs;

/// <summary>The two parts of a job that never change.</summary>
internal sealed record PlannedJob(JobRequest Request, JobPlan Plan)
{
    public string Id => Request.Id;
}
