using Scoring.Batch.Chunks;
using Scoring.Batch.Jobs;
using Scoring.Batch.Messages;
using Scoring.Batch.Planning;

namespace Scoring.Batch.Storage;

/// <summary>An error that a try of a step ended with, <c>{id}/failures/{kind}-{number}.json</c>; a crash leaves none.</summary>
internal sealed record StepFailure(JobError Error, DateTimeOffset At);
