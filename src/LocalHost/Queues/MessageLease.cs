using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;

namespace LocalHost.Queues;

/// <summary>
/// Keeps a message hidden while its function runs, by renewing it at half its lease. The service gives a new receipt with each renewal,
/// and only the newest one deletes or releases the message.
/// </summary>
internal sealed partial class MessageLease : IDisposable
{
    private readonly QueueClient queue;
    private readonly QueueMessage message;
    private readonly TimeSpan lease;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource ended = new();
    private readonly Task renewals;
    private string receipt;

    private MessageLease(QueueClient queue, QueueMessage message, TimeSpan lease, TimeProvider time, ILogger logger)
    {
        (this.queue, this.message, this.lease, this.time, this.logger, receipt) = (queue, message, lease, time, logger, message.PopReceipt);
        renewals = RenewAsync();
    }

    public static MessageLease Hold(QueueClient queue, QueueMessage message, TimeSpan lease, TimeProvider time, ILogger logger) =>
        new(queue, message, lease, time, logger);

    /// <summary>Ends the renewals, waiting for one under way; returns the message's newest receipt.</summary>
    public async Task<string> EndAsync()
    {
        await ended.CancelAsync();
        await renewals;
        return receipt;
    }

    public void Dispose() => ended.Dispose();

    /// <summary>Whether the storage says that another host has the message by now, or that it is gone.</summary>
    public static bool IsLost(RequestFailedException exception) =>
        exception.ErrorCode == QueueErrorCode.PopReceiptMismatch || exception.ErrorCode == QueueErrorCode.MessageNotFound || exception.ErrorCode == QueueErrorCode.QueueNotFound;

    private async Task RenewAsync()
    {
        var wait = lease / 2;
        while (await WaitAsync(wait))
        {
            try
            {
                // A renewal under way is left to finish: its answer holds the only receipt that will work.
                var renewed = await queue.UpdateMessageAsync(message.MessageId, receipt, visibilityTimeout: lease, cancellationToken: CancellationToken.None);
                receipt = renewed.Value.PopReceipt;
                wait = lease / 2;
            }
            catch (RequestFailedException exception) when (IsLost(exception))
            {
                LogLost(logger, message.MessageId, queue.Name, exception.ErrorCode);
                return;
            }
            catch (Exception exception) when (exception is RequestFailedException or AggregateException or OperationCanceledException)
            {
                LogNotRenewed(logger, message.MessageId, queue.Name, exception.Message);
                wait /= 2;
            }
        }
    }

    private async Task<bool> WaitAsync(TimeSpan wait)
    {
        await Task.Delay(wait, time, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !ended.IsCancellationRequested;
    }

    [LoggerMessage(EventId = 6003, Level = LogLevel.Warning, Message = "The lease on message {Id} of queue '{Queue}' is lost ({Code}); it may be processed a second time")]
    private static partial void LogLost(ILogger logger, string id, string queue, string? code);

    [LoggerMessage(EventId = 6004, Level = LogLevel.Warning, Message = "The lease on message {Id} of queue '{Queue}' could not be renewed yet: {Reason}")]
    private static partial void LogNotRenewed(ILogger logger, string id, string queue, string reason);
}
