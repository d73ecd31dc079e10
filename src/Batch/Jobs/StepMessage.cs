using Scoring.Batch.Messages;
using Scoring.Batch.Planning;

namespace Scoring.Batch.Jobs;

/// <summary>A message on <see cref="BatchNames.Steps"/> or <see cref="BatchNames.FirstSteps"/>.</summary>
/// <param name="Job">The job's id.</param>
/// <param name="Kind">What to do.</param>
/// <param name="Number">Of the planning step or the chunk, from 0.</param>
/// <param name="Chunk">The chunk to score.</param>
/// <param name="Crashes">How often the step has used up its tries without an error of its own.</param>
/// <param name="IsFirst">Whether it is one of <see cref="BatchNames.FirstSteps"/>.</param>
/// <param name="TraceParent">W3C trace context of the step that sent it.</param>
internal sealed record StepMessage(string Job, StepKind Kind, int Number, Chunk? Chunk = null, int Crashes = 0, bool IsFirst = false, string? TraceParent = null)
{
    /// <summary>SQL may run for long, and one query at a time: only a high priority lets it go first.</summary>
    public static StepMessage OfFeatures(JobRequest job) => new(job.Id, StepKind.Features, 0, IsFirst: job.Priority == JobPriority.High);

    /// <summary>A scan goes first: it is short, a job has one at a time, and chunks can only be shared among processes once they are cut.</summary>
    public static StepMessage OfPlan(JobRequest job, int number) => new(job.Id, StepKind.Plan, number, IsFirst: job.Priority != JobPriority.Low);

    /// <param name="isSmall">Whether the job has so few chunks that all of them go first.</param>
    public static StepMessage OfChunk(JobRequest job, Chunk chunk, bool isSmall) =>
        new(job.Id, StepKind.Chunk, chunk.Number, chunk, IsFirst: job.Priority == JobPriority.High || (isSmall && job.Priority == JobPriority.Normal));
}
