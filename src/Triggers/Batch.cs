using Microsoft.Azure.Functions.Worker;
using Scoring.Batch;

namespace Triggers;

/// <summary>Jobs over the queue, and the steps that large ones are split into.</summary>
public sealed class Batch(BatchProcessor processor)
{
    [Function("Batch")]
    public Task Process([QueueTrigger(BatchNames.Requests, Connection = "Storage")] string message, CancellationToken cancellationToken) =>
        processor.ProcessAsync(message, cancellationToken);

    [Function("BatchStep")]
    public Task Step([QueueTrigger(BatchNames.Steps, Connection = "Storage")] string message, CancellationToken cancellationToken) =>
        processor.ProcessStepAsync(message, cancellationToken);

    [Function("BatchStepPoison")]
    public Task PoisonStep([QueueTrigger(BatchNames.PoisonSteps, Connection = "Storage")] string message, CancellationToken cancellationToken) =>
        processor.ProcessPoisonStepAsync(message, cancellationToken);
}
