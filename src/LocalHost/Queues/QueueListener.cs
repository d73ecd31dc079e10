using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;

namespace LocalHost.Queues;

/// <summary>
/// Takes messages from one queue and hands each to the function, as Azure's host does: a batch at a time, the next one once few enough of
/// the last are still running. An unreachable queue is looked at again, for as long as it takes.
/// </summary>
internal sealed partial class QueueListener(QueueClient queue, XmlCharacterPolicy answers, QueueSettings settings, MessageProcessor processor, TimeProvider time, ILogger logger)
{
    private readonly PollingBackoff backoff = new(settings.MaxPollingInterval);
    private readonly HashSet<Task> running = [];
    private bool isCreated;
    private bool isReachable = true;

    /// <summary>Runs until <paramref name="stopping"/> fires and every message taken by then is done with.</summary>
    /// <param name="stopping">No further message is taken.</param>
    /// <param name="cancelled">Handed to the invocations.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken cancelled)
    {
        while (!stopping.IsCancellationRequested)
        {
            var messages = await ReceiveAsync(cancelled);
            if (stopping.IsCancellationRequested)
            {
                // Asked for before the stop, arrived after it: given back untouched.
                await Task.WhenAll(messages.Select(processor.GiveBackAsync));
                break;
            }

            foreach (var message in messages)
            {
                running.Add(processor.ProcessAsync(message, cancelled));
            }

            if (messages.Length == 0)
            {
                await Task.Delay(backoff.Next(), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            else
            {
                backoff.Reset();
                await FallToThresholdAsync(stopping);
            }

            running.RemoveWhere(task => task.IsCompleted);
        }

        await Task.WhenAll(running);
    }

    private async Task FallToThresholdAsync(CancellationToken stopping)
    {
        var stopped = new TaskCompletionSource();
        await using var registration = stopping.Register(stopped.SetResult);
        while (running.Count > settings.NewBatchThreshold && !stopping.IsCancellationRequested)
        {
            await Task.WhenAny(running.Append(stopped.Task));
            running.RemoveWhere(task => task.IsCompleted);
        }
    }

    /// <returns>Nothing when the queue is empty or cannot be reached.</returns>
    private async Task<QueueMessage[]> ReceiveAsync(CancellationToken cancelled)
    {
        try
        {
            if (!isCreated)
            {
                await queue.CreateIfNotExistsAsync(cancellationToken: cancelled);
                isCreated = true;
            }

            // The stop alone does not cancel this read: messages that the service has already handed out would stay hidden for the whole lease.
            QueueMessage[] messages = await queue.ReceiveMessagesAsync(answers.HasFailed ? 1 : settings.BatchSize, settings.Lease, cancelled);
            Reached();
            return messages;
        }
        catch (Exception exception)
        {
            Failed(exception);
            return [];
        }
    }

    private void Reached()
    {
        if (!isReachable)
        {
            isReachable = true;
            LogReached(logger, queue.Name);
        }
    }

    private void Failed(Exception exception)
    {
        // The queue may have been deleted; it is made again.
        isCreated = false;
        if (isReachable)
        {
            isReachable = false;
            LogUnreachable(logger, queue.Name, (exception as AggregateException)?.InnerException?.Message ?? exception.Message);
        }
    }

    [LoggerMessage(EventId = 6010, Level = LogLevel.Warning, Message = "Queue '{Queue}' cannot be read and is tried again until it can: {Reason}")]
    private static partial void LogUnreachable(ILogger logger, string queue, string reason);

    [LoggerMessage(EventId = 6011, Level = LogLevel.Information, Message = "Queue '{Queue}' is read again")]
    private static partial void LogReached(ILogger logger, string queue);
}
