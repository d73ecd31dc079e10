using System.Collections.Concurrent;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Scoring.Batch;
using TestCommon;

namespace Scoring.Tests.Batch;

/// <summary>
/// Takes the messages of all queues until none is left, as the host does: five tries, then the poison queue. With a source of disorder it also
/// delivers them twice, at the same time, late and out of order.
/// </summary>
internal sealed class QueuePump(Azurite azurite, Random? disorder = null)
{
    private const int MaxTries = 5;
    private const int AtOnce = 6;

    private static readonly string[] Queues = [BatchNames.Requests, BatchNames.FirstSteps, BatchNames.Steps, BatchNames.PoisonFirstSteps, BatchNames.PoisonSteps];

    private readonly QueueServiceClient service = new(azurite.ConnectionString, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None });

    /// <summary>Messages that ended in <c>score-requests-poison</c>.</summary>
    public ConcurrentQueue<string> Poison { get; } = new();

    /// <summary>Messages delivered.</summary>
    public int Delivered { get; private set; }

    public async Task SendAsync(string message)
    {
        var queue = service.GetQueueClient(BatchNames.Requests);
        await queue.CreateIfNotExistsAsync();
        await queue.SendMessageAsync(message);
    }

    /// <summary>Delivers until nothing is left.</summary>
    /// <param name="functions">Asked before each round, so that a process may take the place of one that ended.</param>
    public async Task DrainAsync(Func<Task<JobFunctions>> functions)
    {
        for (var delivered = true; delivered;)
        {
            delivered = false;
            foreach (var name in Queues)
            {
                var queue = service.GetQueueClient(name);
                await queue.CreateIfNotExistsAsync();
                var messages = (await queue.ReceiveMessagesAsync(32, TimeSpan.FromMinutes(10))).Value;
                if (messages.Length > 0)
                {
                    delivered = true;
                    await DeliverAsync(queue, messages, await functions());
                }
            }
        }
    }

    private async Task DeliverAsync(QueueClient queue, QueueMessage[] messages, JobFunctions functions)
    {
        var order = messages;
        if (disorder is not null)
        {
            disorder.Shuffle(messages);
            order = [.. messages, .. messages.Where(_ => disorder.Next(3) == 0)];
        }

        Delivered += order.Length;
        var outcomes = new ConcurrentDictionary<string, bool>();
        await Parallel.ForEachAsync(order, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (message, token) =>
        {
            try
            {
                await functions.CallAsync(queue.Name, message.Body.ToString(), token);
                outcomes.TryAdd(message.MessageId, true);
            }
            catch (Exception)
            {
                outcomes[message.MessageId] = false;
            }
        });

        // What one delivery did is done, but a duplicate that failed comes again.
        foreach (var message in messages)
        {
            await SettleAsync(queue, message, outcomes[message.MessageId] && (disorder is null || disorder.Next(4) > 0));
        }
    }

    private async Task SettleAsync(QueueClient queue, QueueMessage message, bool succeeded)
    {
        if (!succeeded && message.DequeueCount < MaxTries)
        {
            await queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, message.Body, TimeSpan.Zero);
            return;
        }

        if (!succeeded && queue.Name == BatchNames.Requests)
        {
            Poison.Enqueue(message.Body.ToString());
        }
        else if (!succeeded && queue.Name is BatchNames.Steps or BatchNames.FirstSteps)
        {
            var poison = service.GetQueueClient(queue.Name == BatchNames.Steps ? BatchNames.PoisonSteps : BatchNames.PoisonFirstSteps);
            await poison.CreateIfNotExistsAsync();
            await poison.SendMessageAsync(message.Body);
        }

        await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt);
    }
}
