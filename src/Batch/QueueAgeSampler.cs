using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scoring.Repository;
using Scoring.Telemetry;

namespace Scoring.Batch;

/// <summary>
/// Looks, every half minute, how long the oldest message that waits on each queue has waited, and records it. Peeking changes nothing and costs one storage
/// operation a queue; an app that is not running cannot look, so a queue that nobody drains is watched from outside.
/// </summary>
internal sealed partial class QueueAgeSampler(StorageConnection storage, ScoringMetrics metrics, TimeProvider time, ILogger<QueueAgeSampler> log) : BackgroundService
{
    // As many as one look gives. A message that came back after a failed try stands behind younger ones.
    private const int Looked = 32;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>Looks once. A queue that does not exist yet or cannot be reached is passed over, whatever the reason: an exception here would end the app.</summary>
    public async Task SampleAsync(CancellationToken cancellationToken)
    {
        foreach (var name in (string[])[BatchNames.Requests, BatchNames.FirstSteps, BatchNames.Steps, BatchNames.Outcomes])
        {
            try
            {
                var waiting = await storage.Queues.GetQueueClient(name).PeekMessagesAsync(Looked, cancellationToken).ConfigureAwait(false);
                if (waiting.Value.Min(message => message.InsertedOn) is { } inserted && time.GetUtcNow() - inserted is var age && age > TimeSpan.Zero)
                {
                    metrics.QueueAge(name, age);
                }
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                LogNotSeen(name, exception.Message);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!storage.HasQueues)
        {
            return;
        }

        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            await SampleAsync(stoppingToken).ConfigureAwait(false);
        }
    }

    [LoggerMessage(EventId = 4011, Level = LogLevel.Debug, Message = "The queue {Queue} could not be looked at: {Reason}")]
    private partial void LogNotSeen(string queue, string reason);
}
