using Scoring.Batch.Jobs;

namespace Scoring.Batch;

/// <summary>What the queue functions call. Every message may come twice, at the same time or after a crash, and changes nothing the second time. Thread safe.</summary>
public sealed class BatchProcessor
{
    private readonly JobIntake intake;
    private readonly StepRunner steps;

    internal BatchProcessor(JobIntake intake, StepRunner steps)
    {
        this.intake = intake;
        this.steps = steps;
    }

    /// <summary>A message of <see cref="BatchNames.Requests"/>: raw JSON or base64 of it.</summary>
    /// <exception cref="ScoringException">The message is refused, or its model is not to be had now. The reason is recorded under the job's id. A job that fails for good throws nothing.</exception>
    public Task ProcessAsync(string message, CancellationToken cancellationToken) => intake.ProcessAsync(message, cancellationToken);

    /// <summary>A message of <see cref="BatchNames.Steps"/>.</summary>
    public Task ProcessStepAsync(string message, CancellationToken cancellationToken) => steps.RunAsync(message, cancellationToken);

    /// <summary>A message of <see cref="BatchNames.PoisonSteps"/>: a step whose tries are used up.</summary>
    public Task ProcessPoisonStepAsync(string message, CancellationToken cancellationToken) => steps.RunPoisonAsync(message, cancellationToken);
}
