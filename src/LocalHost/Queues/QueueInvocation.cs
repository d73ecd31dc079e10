using Azure.Storage.Queues.Models;

namespace LocalHost.Queues;

/// <summary>What the arguments of a queue function are taken from.</summary>
/// <param name="Body">The message's text, decoded as host.json's messageEncoding says.</param>
/// <param name="Cancelled">Fires when the host stops and the invocation has outlasted the grace.</param>
internal sealed record QueueInvocation(QueueMessage Message, string Body, CancellationToken Cancelled)
{
    public string MessageId => Message.MessageId;

    public long DequeueCount => Message.DequeueCount;
}
