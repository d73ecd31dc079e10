using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Azure.Storage.Sas;
using Microsoft.Extensions.DependencyInjection;
using TestCommon;

namespace Functions.Tests.LocalHost.Queues;

/// <summary>An emulator with the queues of <see cref="Work"/>, and apps that listen to them.</summary>
public sealed class QueueFixture : IAsyncLifetime, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Azurite azurite = new();

    public string ConnectionString => azurite.ConnectionString;

    public QueueClient Queue => new(ConnectionString, Work.Queue);

    public QueueClient Poison => new(ConnectionString, Work.PoisonQueue);

    public Task InitializeAsync() => ((IAsyncLifetime)azurite).InitializeAsync();

    public ValueTask DisposeAsync() => azurite.DisposeAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    /// <summary>Deletes both queues, whatever a test before left in them.</summary>
    public async Task ResetAsync()
    {
        await Queue.DeleteIfExistsAsync();
        await Poison.DeleteIfExistsAsync();
    }

    /// <summary>An app that is not started yet.</summary>
    /// <param name="queues">What stands in host.json's extensions.queues beside a short polling interval.</param>
    internal TestApp App(Work.Script script, string queues = "", string lease = "00:10:00", string grace = "00:00:30") => new(typeof(Work))
    {
        HostJson = """{"extensions":{"queues":{"messageEncoding":"none","maxPollingInterval":"00:00:00.2",""" + queues + "}}}",
        Settings = new()
        {
            ["LOCALHOST_URL"] = "http://127.0.0.1:0",
            ["LOCALHOST_FUNCTION_KEY"] = TestApp.FunctionKey,
            ["LOCALHOST_QUEUE_LEASE"] = lease,
            ["LOCALHOST_SHUTDOWN_GRACE"] = grace,
            ["Storage"] = ConnectionString,
        },
        Configure = services => services.AddSingleton(script),
    };

    public async Task SendAsync(params string[] messages)
    {
        await Queue.CreateIfNotExistsAsync();
        foreach (var message in messages)
        {
            await Queue.SendMessageAsync(message);
        }
    }

    /// <summary>Sends a message with a character that XML cannot carry, as no client library would.</summary>
    public async Task SendSpoiltAsync()
    {
        var address = new UriBuilder(Queue.GenerateSasUri(QueueSasPermissions.Add, DateTimeOffset.UtcNow.AddDays(1)));
        address.Path += "/messages";
        using var client = new HttpClient();
        using var content = new StringContent("<QueueMessage><MessageText>spoilt\u0001</MessageText></QueueMessage>", System.Text.Encoding.UTF8, "application/xml");
        (await client.PostAsync(address.Uri, content)).EnsureSuccessStatusCode();
    }

    /// <summary>Waits until every message of the queue has been deleted, the hidden ones too.</summary>
    public Task EmptyAsync() => UntilAsync(async () => (await Queue.GetPropertiesAsync()).Value.ApproximateMessagesCount == 0 ? "" : null);

    /// <summary>Waits for the one message of the poison queue, then for the queue itself to be empty.</summary>
    public async Task<string> PoisonedAsync()
    {
        var body = await UntilAsync(async () =>
            await Poison.ExistsAsync() && await Poison.PeekMessagesAsync(32) is { Value: [var message] } ? message.Body.ToString() : null);
        await EmptyAsync();
        return body;
    }

    /// <summary>Takes a message as another host would, once one is visible.</summary>
    public Task<QueueMessage> TakeAsync(TimeSpan lease) =>
        UntilAsync(async () => await Queue.ReceiveMessagesAsync(1, lease) is { Value: [var message] } ? message : null);

    private static async Task<T> UntilAsync<T>(Func<Task<T?>> look)
        where T : class
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            if (await look() is { } found)
            {
                return found;
            }

            // The storage tells nobody of a change; it has to be asked.
            await Task.Delay(20, deadline.Token);
        }
    }
}
