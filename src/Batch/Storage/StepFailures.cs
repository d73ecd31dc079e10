using Microsoft.Extensions.Options;
using Scoring.Batch.Chunks;
using Scoring.Batch.Jobs;
using Scoring.Batch.Messages;
using Scoring.Batch.Planning;

namespace Scoring.Batch.Storage;

/// <summary>Stores the error that a try of a step ended with. A crash leaves none, so the two can be told apart. Thread safe, and safe between processes.</summary>
internal sealed class StepFailures(JobBlobs blobs, IOptions<BatchOptions> options, TimeProvider time)
{
    public async Task RecordAsync(StepMessage step, Exception exception, CancellationToken cancellationToken)
    {
        var chunk = step.Chunk?.Number;
        var error = exception is ScoringException scoring
            ? JobError.From(scoring, chunk)
            : new JobError(ErrorCode.InferenceFailed.Name(), $"An unexpected failure ({exception.GetType().Name}); the log has it.", chunk);
        var failure = new StepFailure(error, time.GetUtcNow());
        var name = NameOf(step);
        while (true)
        {
            var known = await blobs.ReadAsync(name, JobsJson.Default.StepFailure, cancellationToken).ConfigureAwait(false);
            if (await blobs.TryReplaceAsync(name, failure, JobsJson.Default.StepFailure, known?.ETag, cancellationToken).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    /// <summary>Why the step cannot be sent again; null when it only crashed, and not too often.</summary>
    public async Task<JobError?> FindFinalAsync(StepMessage step, CancellationToken cancellationToken)
    {
        var failure = await blobs.ReadAsync(NameOf(step), JobsJson.Default.StepFailure, cancellationToken).ConfigureAwait(false);
        return failure?.Value.Error ?? (step.Crashes < options.Value.MaxCrashes
            ? null
            : new JobError(ErrorCode.InferenceFailed.Name(), $"The process ended {step.Crashes + 1} times over while it did the step, without an error.", step.Chunk?.Number));
    }

    /// <summary>Forgets the failures of a job that is to be tried again.</summary>
    public Task ForgetAsync(string id, CancellationToken cancellationToken) => blobs.DeleteAllAsync($"{id}/failures/", null, cancellationToken);

    private static string NameOf(StepMessage step) => $"{step.Job}/failures/{step.Kind.ToString().ToLowerInvariant()}-{step.Number:D6}.json";
}
