using System.Collections.Concurrent;
using System.Text;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Scoring.Batch;
using Scoring.Batch.Jobs;
using Scoring.Repository;
using Scoring.Telemetry;
using TestCommon;

namespace Scoring.Tests.Batch;

/// <summary>The batch room and all that it stands on, in this process, with real storage and the sample model as version 1 of <c>intent</c>.</summary>
public sealed class BatchHost : IAsyncDisposable
{
    private readonly string folder;
    private readonly ServiceProvider services;

    private BatchHost(string folder, ServiceProvider services)
    {
        this.folder = folder;
        this.services = services;
    }

    /// <summary>What the queue functions call.</summary>
    public JobFunctions Functions => new(services.GetRequiredService<JobStarter>(), services.GetRequiredService<StepRunner>());

    public JobService Service => services.GetRequiredService<JobService>();

    /// <summary>One of the parts.</summary>
    public T Part<T>()
        where T : notnull => services.GetRequiredService<T>();

    public StorageConnection Storage => services.GetRequiredService<StorageConnection>();

    public BlobContainerClient Inputs => Storage.Blobs.GetBlobContainerClient("inputs");

    public BlobContainerClient Jobs => Storage.Blobs.GetBlobContainerClient(BatchNames.Jobs);

    public BlobContainerClient Scores => Storage.Blobs.GetBlobContainerClient(BatchNames.Scores);

    /// <summary>The folder of models that this host serves, unless its settings name another.</summary>
    public string ModelRepository => Path.Combine(folder, "models");

    public string ModelFolder => Path.Combine(ModelRepository, "intent");

    /// <summary>Every line logged.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    /// <param name="azurite">The storage.</param>
    /// <param name="observer">Sees every request to the storage.</param>
    /// <param name="settings">Such as <c>Scoring:Batch:ChunkBytes</c>.</param>
    internal static async Task<BatchHost> StartAsync(Azurite azurite, HttpPipelinePolicy? observer = null, params (string Key, string Value)[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("batch-").FullName;
        var package = Directory.CreateDirectory(Path.Combine(folder, "models", "intent", "1")).FullName;
        foreach (var file in Directory.GetFiles(Checkout.PathTo("samples", "intent", "package")))
        {
            File.Copy(file, Path.Combine(package, Path.GetFileName(file)));
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Storage", azurite.ConnectionString),
            new("Scoring:Repository", Path.Combine(folder, "models")),
            new("Scoring:CacheDirectory", Path.Combine(folder, "cache")),
            new("Scoring:Batch:DuckDbLibrary", DuckDb.DuckDbFiles.Library),
        ]).AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value))).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration);
        services.AddSingleton(new StorageConnection(configuration, observer));
        services.AddScoring(configuration).AddScoringJobs(configuration);

        // As where the settings ask for callers.
        services.AddSingleton<CallerCounts>();
        ConcurrentQueue<string>? log = null;
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(new ListLogger(line => log?.Enqueue(line))));
        var host = new BatchHost(folder, services.BuildServiceProvider());
        log = host.Log;
        await new BlobServiceClient(azurite.ConnectionString).GetBlobContainerClient("inputs").CreateIfNotExistsAsync();
        return host;
    }

    public Task UploadAsync(string name, string content) => Inputs.GetBlobClient(name).UploadAsync(BinaryData.FromString(content), overwrite: true);

    public Task UploadAsync(string name, byte[] content) => Inputs.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(content), overwrite: true);

    public async Task<string> ReadOutputAsync(string name) =>
        Encoding.UTF8.GetString((await Scores.GetBlobClient(name).DownloadContentAsync()).Value.Content);

    public async Task<int> CountUncommittedAsync(string name) =>
        (await Scores.GetBlockBlobClient(name).GetBlockListAsync(BlockListTypes.Uncommitted)).Value.UncommittedBlocks.Count();

    /// <summary>What a job has left in the container of jobs.</summary>
    public async Task<IReadOnlyList<string>> ListJobAsync(string id)
    {
        var names = new List<string>();
        await foreach (var item in Jobs.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{id}/", CancellationToken.None))
        {
            names.Add(item.Name[(id.Length + 1)..]);
        }

        return names;
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        TemporaryFolder.Delete(folder);
    }

    private sealed class ListLogger(Action<string> write) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            write($"{logLevel}: {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
