using System.Buffers.Text;
using System.Text;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;
using Scoring;

namespace LocalHost.Queues;

/// <summary>
/// Processes one message: calls the function under a renewed lease, then delete, release for a later try, or the poison queue. A message whose
/// tries were used up elsewhere, by killed processes, goes to the poison queue without a call. Thread safe.
/// </summary>
/// <param name="poison">Null for a queue that is a poison queue itself: as on Azure's host a message that fails there stays hidden for the rest
/// of its lease, and once its tries are used up it is not handed over any more.</param>
internal sealed partial class MessageProcessor(
    QueueClient queue, QueueClient? poison, QueueSettings settings, QueueFunction function, TimeProvider time, ILogger logger)
{
    // The service's own way to say so.
    private static readonly TimeSpan NeverExpires = TimeSpan.FromSeconds(-1);

    /// <summary>Never throws: what the storage refuses is logged, and the message comes back when its lease ends.</summary>
    public async Task ProcessAsync(QueueMessage message, CancellationToken cancelled)
    {
        // Off the listener's loop, whatever the function does before its first await.
        await Task.Yield();
        try
        {
            if (message.DequeueCount > settings.MaxDequeueCount)
            {
                await PoisonAsync(message, message.PopReceipt);
                return;
            }

            if (Decode(message) is not { } body)
            {
                LogUndecodable(logger, message.MessageId, queue.Name);
                await PoisonAsync(message, message.PopReceipt);
                return;
            }

            using var lease = MessageLease.Hold(queue, message, settings.Lease, time, logger);
            var succeeded = await function.InvokeAsync(new(message, body, cancelled));
            var receipt = await lease.EndAsync();

            if (succeeded)
            {
                await queue.DeleteMessageAsync(message.MessageId, receipt, CancellationToken.None);
            }
            else if (message.DequeueCount >= settings.MaxDequeueCount)
            {
                await PoisonAsync(message, receipt);
            }
            else if (poison is not null)
            {
                await ReleaseAsync(message, receipt, settings.VisibilityTimeout);
            }
        }
        catch (RequestFailedException exception) when (MessageLease.IsLost(exception))
        {
            LogLost(logger, message.MessageId, queue.Name, exception.ErrorCode);
        }
        catch (Exception exception)
        {
            LogUnfinished(logger, message.MessageId, queue.Name, Cause.Of(exception), Cause.Trace(exception));
        }
    }

    /// <summary>Makes a message visible again that no function has seen. Never throws.</summary>
    public async Task GiveBackAsync(QueueMessage message)
    {
        try
        {
            await ReleaseAsync(message, message.PopReceipt, TimeSpan.Zero);
        }
        catch (Exception exception)
        {
            LogUnfinished(logger, message.MessageId, queue.Name, Cause.Of(exception), Cause.Trace(exception));
        }
    }

    private async Task ReleaseAsync(QueueMessage message, string receipt, TimeSpan delay) =>
        await queue.UpdateMessageAsync(message.MessageId, receipt, visibilityTimeout: delay, cancellationToken: CancellationToken.None);

    private async Task PoisonAsync(QueueMessage message, string receipt)
    {
        if (poison is null)
        {
            return;
        }

        LogPoison(logger, settings.MaxDequeueCount, poison.Name);
        await poison.CreateIfNotExistsAsync(cancellationToken: CancellationToken.None);
        await poison.SendMessageAsync(message.Body, timeToLive: NeverExpires, cancellationToken: CancellationToken.None);
        await queue.DeleteMessageAsync(message.MessageId, receipt, CancellationToken.None);
    }

    private string? Decode(QueueMessage message)
    {
        if (!settings.IsBase64)
        {
            return message.Body.ToString();
        }

        var encoded = message.Body.ToMemory().Span;
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
        return Base64.DecodeFromUtf8(encoded, decoded, out _, out var written) == System.Buffers.OperationStatus.Done
            ? Encoding.UTF8.GetString(decoded, 0, written)
            : null;
    }

    [LoggerMessage(EventId = 6005, Level = LogLevel.Warning, Message = "Message has reached MaxDequeueCount of {Count}. Moving message to queue '{Queue}'.")]
    private static partial void LogPoison(ILogger logger, int count, string queue);

    [LoggerMessage(EventId = 6006, Level = LogLevel.Warning, Message = "Message {Id} of queue '{Queue}' is not base64, as host.json's messageEncoding says it should be")]
    private static partial void LogUndecodable(ILogger logger, string id, string queue);

    [LoggerMessage(EventId = 6007, Level = LogLevel.Warning, Message = "Message {Id} of queue '{Queue}' is no longer this host's to end ({Code})")]
    private static partial void LogLost(ILogger logger, string id, string queue, string? code);

    [LoggerMessage(EventId = 6008, Level = LogLevel.Error, Message = "Message {Id} of queue '{Queue}' could not be ended; it comes back when its lease ends: {Cause}")]
    private static partial void LogUnfinished(ILogger logger, string id, string queue, string cause, Exception? exception);
}
