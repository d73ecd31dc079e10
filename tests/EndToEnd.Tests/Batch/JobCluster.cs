using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Queues;
using TestCommon;

namespace EndToEnd.Tests.Batch;

/// <summary>Several processes of the app over one storage, as instances of a platform are; leases on messages are short, so that a killed process's work comes back soon.</summary>
internal sealed class JobCluster : IAsyncDisposable
{
    private readonly List<RunningApp> apps = [];
    private readonly List<DistantPort> ports = [];
    private readonly Dictionary<string, string> settings;

    private JobCluster(Azurite storage, (string Name, string Value)[] settings)
    {
        Storage = storage;
        this.settings = new Dictionary<string, string>
        {
            ["Storage"] = storage.ConnectionString,
            ["LOCALHOST_QUEUE_LEASE"] = "00:00:04",
            ["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:01",
        };
        foreach (var (name, value) in settings)
        {
            this.settings[name] = value;
        }
    }

    public Azurite Storage { get; }

    /// <summary>The processes that run.</summary>
    public IReadOnlyList<RunningApp> Apps => apps;

    /// <summary>Calls the first process.</summary>
    public HttpClient Client => apps[0].Client;

    public static async Task<JobCluster> StartAsync(params (string, string)[] settings)
    {
        var storage = await Azurite.StartNewAsync();
        await RunningApp.PublishAsync(storage, Checkout.PathTo("samples", "intent", "package"), "intent");
        await new BlobContainerClient(storage.ConnectionString, "inputs").CreateIfNotExistsAsync();
        return new JobCluster(storage, settings);
    }

    /// <summary>Makes the storage distant for the processes started from now on.</summary>
    /// <param name="delay">After which each of its answers arrives.</param>
    public void MoveAway(TimeSpan delay)
    {
        var (blobs, queues) = (new DistantPort(Storage.BlobPort, delay), new DistantPort(Storage.QueuePort, delay));
        ports.AddRange([blobs, queues]);
        settings["Storage"] = Storage.ConnectionString
            .Replace($":{Storage.BlobPort}/", $":{blobs.Port}/", StringComparison.Ordinal).Replace($":{Storage.QueuePort}/", $":{queues.Port}/", StringComparison.Ordinal);
    }

    /// <summary>Starts processes up to a count.</summary>
    public async Task GrowAsync(int count)
    {
        while (apps.Count < count)
        {
            apps.Add(await RunningApp.StartAsync([.. settings.Select(setting => (setting.Key, setting.Value))]));
        }
    }

    /// <summary>Kills one process outright and starts another in its place.</summary>
    public async Task KillAsync(Random random)
    {
        var victim = apps[random.Next(apps.Count)];
        apps.Remove(victim);
        await victim.KillAsync();
        await victim.DisposeAsync();
        await GrowAsync(apps.Count + 1);
    }

    public Task UploadAsync(string name, Stream content) => new BlobClient(Storage.ConnectionString, "inputs", name).UploadAsync(content, overwrite: true);

    public async Task SendAsync(string message)
    {
        var queue = new QueueClient(Storage.ConnectionString, "score-requests");
        await queue.CreateIfNotExistsAsync();
        await queue.SendMessageAsync(message);
    }

    public async Task<JsonNode?> ShowAsync(string id)
    {
        apps[0].AssertRuns();
        using var answer = await apps[0].Client.GetAsync(new Uri($"api/jobs/{id}", UriKind.Relative));
        return answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync()) : null;
    }

    /// <summary>The id of the first job known; null when there is none.</summary>
    public async Task<string?> FindJobAsync()
    {
        var jobs = new BlobContainerClient(Storage.ConnectionString, "jobs");
        if (!(await jobs.ExistsAsync()).Value)
        {
            return null;
        }

        await foreach (var item in jobs.GetBlobsAsync())
        {
            if (!item.Name.StartsWith("_index/", StringComparison.Ordinal))
            {
                return item.Name[..item.Name.IndexOf('/', StringComparison.Ordinal)];
            }
        }

        return null;
    }

    public async Task<bool> HasEndedAsync(string id) => (string?)(await ShowAsync(id))?["state"] is "succeeded" or "failed";

    /// <summary>SHA-256 of the job's output, which a late duplicate's sweep may touch meanwhile without changing a byte.</summary>
    public async Task<string> HashAsync(string id)
    {
        var modifiable = new BlobOpenReadOptions(allowModifications: true);
        await using var stream = await new BlobClient(Storage.ConnectionString, "scores", $"{id}.jsonl").OpenReadAsync(modifiable);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream));
    }

    /// <summary>What a job has left behind: blobs, blocks, messages of any job.</summary>
    public async Task<IReadOnlyList<string>> FindLeftAsync(string id)
    {
        var left = new List<string>();
        await foreach (var item in new BlobContainerClient(Storage.ConnectionString, "jobs").GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{id}/", CancellationToken.None))
        {
            left.Add(item.Name[(id.Length + 1)..]);
        }

        left.RemoveAll(name => name is "job.json" or "status.json");
        var blocks = await new BlockBlobClient(Storage.ConnectionString, "scores", $"{id}.jsonl").GetBlockListAsync(BlockListTypes.Uncommitted);
        left.AddRange(blocks.Value.UncommittedBlocks.Select(block => $"block {block.Name}"));
        foreach (var name in new[] { "score-requests", "score-requests-poison", "score-steps", "score-steps-poison", "score-steps-first", "score-steps-first-poison" })
        {
            var queue = new QueueClient(Storage.ConnectionString, name);
            var count = (await queue.ExistsAsync()).Value ? (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount : 0;
            left.AddRange(Enumerable.Repeat($"message on {name}", count));
        }

        return left;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in apps)
        {
            await app.DisposeAsync();
        }

        foreach (var port in ports)
        {
            await port.DisposeAsync();
        }

        await Storage.DisposeAsync();
    }
}
