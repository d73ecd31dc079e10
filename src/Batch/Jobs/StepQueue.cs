using System.Text.Json;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Scoring.Batch.Storage;
using Scoring.Repository;
using Scoring.Telemetry;

namespace Scoring.Batch.Jobs;

/// <summary>Sends jobs and steps as raw JSON, creating the queues where they are missing. Thread safe.</summary>
internal sealed class StepQueue(StorageConnection storage)
{
    private const int SendsAtOnce = 16;

    private QueueClient? requests;
    private QueueClient? steps;
    private QueueClient? firstSteps;

    // Made when they are first needed, as the container of the jobs is.
    private QueueClient Requests => requests ??= Make(BatchNames.Requests);

    private QueueClient Steps => steps ??= Make(BatchNames.Steps);

    private QueueClient FirstSteps => firstSteps ??= Make(BatchNames.FirstSteps);

    /// <summary>Sends a job that <see cref="JobStorage"/> holds, by its id: the message stays small whatever the job's size.</summary>
    public Task SendJobAsync(string id, CancellationToken cancellationToken) =>
        SendAsync(Requests, $$"""{"id":"{{id}}","stored":true}""", cancellationToken);

    /// <summary>Sends a step, with the trace that it belongs to.</summary>
    public Task SendAsync(StepMessage step, CancellationToken cancellationToken) => SendAsync(
        step.IsFirst ? FirstSteps : Steps,
        JsonSerializer.Serialize(step with { TraceParent = ScoringActivity.CurrentTraceparent ?? step.TraceParent }, JobsJson.Default.StepMessage),
        cancellationToken);

    public Task SendAllAsync(IEnumerable<StepMessage> messages, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            messages,
            new ParallelOptions { MaxDegreeOfParallelism = SendsAtOnce, CancellationToken = cancellationToken },
            async (step, token) => await SendAsync(step, token).ConfigureAwait(false));

    private QueueClient Make(string name) => JobAccess.Make(() => storage.Queues).GetQueueClient(name);

    private static async Task SendAsync(QueueClient queue, string text, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await queue.SendMessageAsync(text, visibilityTimeout: null, timeToLive: TimeSpan.FromSeconds(-1), cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (RequestFailedException exception) when (exception.ErrorCode == QueueErrorCode.QueueNotFound)
            {
                await queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
