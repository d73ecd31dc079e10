using Microsoft.Azure.Functions.Worker;
using Scoring.Batch;
using Scoring.Batch.Jobs;

namespace Triggers;

/// <summary>Jobs over the queue, and the steps that large ones are split into.</summary>
public sealed class Batch(JobStarter starter, StepRunner steps)
{
    [Function("Batch")]
    public Task Process([QueueTrigger(BatchNames.Requests, Connection = "Storage")] string message, CancellationToken cancellationToken) =>
        starter.StartAsync(message, cancellationToken);

    [Function("BatchStep")]
    public Task Step([QueueTrigger(BatchNames.Steps, Connection = "Storage")] string message, CancellationToken cancellationToken) =>
        steps.RunAsync(message, cancellationToken);

    [Function("BatchFirstStep")]
    public Task FirstStep([QueueTrigger(BatchNames.FirstSteps, Connection = "Storage")] string message, CancellationToken cancellationToken) =>
        steps.RunAsync(message, cancellationToken);

    [Function("BatchFirstStepPoison")]
    public Task PoisonFirstStep([QueueTrigger(BatchNames.PoisonFirstSteps, Connection = "Storage")] string message, CancellationToken cancellationToken) =>
        steps.RunPoisonAsync(message, cancellationToken);

    [Function("BatchStepPoison")]
    public Task PoisonStep([QueueTrigger(BatchNames.PoisonSteps, Connection = "Storage")] string message, CancellationToken cancellationToken) =>
        steps.RunPoisonAsync(message, cancellationToken);
}
