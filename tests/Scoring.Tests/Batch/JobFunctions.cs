using Scoring.Batch;
using Scoring.Batch.Jobs;

namespace Scoring.Tests.Batch;

/// <summary>The functions of jobs, by the queue that each takes messages from.</summary>
public sealed record JobFunctions(JobStarter Starter, StepRunner Steps)
{
    public Task CallAsync(string queue, string message, CancellationToken cancellationToken = default) => queue switch
    {
        BatchNames.Requests => Starter.StartAsync(message, cancellationToken),
        BatchNames.Steps or BatchNames.FirstSteps => Steps.RunAsync(message, cancellationToken),
        _ => Steps.RunPoisonAsync(message, cancellationToken),
    };
}
