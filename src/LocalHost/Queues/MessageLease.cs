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
    private readonly QueueClient _queue;
    private readonly QueueMessage _message;
    private readonly TimeSpan _lease;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _renewals;
    private string _receipt;

    private MessageLease(QueueClient queue, QueueMessage message, TimeSpan lease, TimeProvider time, ILogger logger)
    {
        (_queue, _message, _lease, _time, _logger, _receipt) = (queue, message, lease, time, logger, message.PopReceipt);
        _renewals = RenewAsync();
    }

    public static MessageLease Hold(QueueClient queue, QueueMessage message, TimeSpan lease, TimeProvider time, ILogger logger) =>
        new(queue, message, lease, time, logger);

    /// <summary>Ends the renewals, waiting for one under way; returns the message's newest receipt.</summary>
    public async Task<string> EndAsync()
    {
        await _ended.CancelAsync();
        await _renewals;
        return _receipt;
    }

    public void Dispose() => _ended.Dispose();

    /// <summary>Whether the storage says that another host has the message by now, or that it is gone.</summary>
    public static bool IsLost(RequestFailedException exception) =>
        exception.ErrorCode == QueueErrorCode.PopReceiptMismatch || exception.ErrorCode == QueueErrorCode.MessageNotFound || exception.ErrorCode == QueueErrorCode.QueueNotFound;

    private async Task RenewAsync()
    {
        var wait = _lease / 2;
        while (await WaitAsync(wait))
        {
            try
            {
                // A renewal under way is left to finish: its answer holds the only receipt that will work.
                var renewed = await _queue.UpdateMessageAsync(_message.MessageId, _receipt, visibilityTimeout: _lease, cancellationToken: CancellationToken.None);
                _receipt = renewed.Value.PopReceipt;
                wait = _lease / 2;
            }
            catch (RequestFailedException exception) when (IsLost(exception))
            {
                LogLost(_logger, _message.MessageId, _queue.Name, exception.ErrorCode);
                return;
            }
            catch (Exception exception) when (exception is RequestFailedException or AggregateException or OperationCanceledException)
            {
                LogNotRenewed(_logger, _message.MessageId, _queue.Name, exception.Message);
                wait /= 2;
            }
        }
    }

    private async Task<bool> WaitAsync(TimeSpan wait)
    {
        await Task.Delay(wait, _time, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !_ended.IsCancellationRequested;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease on message {Id} of queue '{Queue}' is lost ({Code}); it may be processed a second time")]
    private static partial void LogLost(ILogger logger, string id, string queue, string? code);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease on message {Id} of queue '{Queue}' could not be renewed yet: {Reason}")]
    private static partial void LogNotRenewed(ILogger logger, string id, string queue, string reason);
}
