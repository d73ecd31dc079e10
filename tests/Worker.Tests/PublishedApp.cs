using System.Diagnostics;
using Azure.Storage.Queues;
using Hooks;
using Scoring.Batch;
using Scoring.Repository;
using TestCommon;

namespace Worker.Tests;

/// <summary>The app published once as it ships, storage with the sample model intent, and one worker over both that the tests share.</summary>
public sealed class PublishedApp : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Azurite storage = new();

    /// <summary>The storage's connection string.</summary>
    public string Storage => storage.ConnectionString;

    internal RunningWorker Worker { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await PublishAsync(folder.PathTo("app"));
        await storage.StartAsync();
        var repository = PackageRepository.Open(null, StorageConnection.OfConnectionString(Storage));
        await new PackagePublisher(repository).PublishAsync(Checkout.PathTo("samples", "intent", "package"), "intent", null, makeLive: true, CancellationToken.None);
        foreach (var queue in new[] { BatchNames.Requests, BatchNames.Steps })
        {
            await new QueueClient(Storage, queue).CreateIfNotExistsAsync();
        }

        Worker = await StartWorkerAsync();
    }

    public async Task DisposeAsync()
    {
        if (Worker is not null)
        {
            await Worker.DisposeAsync();
        }

        await storage.DisposeAsync();
    }

    public void Dispose() => folder.Dispose();

    /// <summary>Another worker process of the same app, storage and disk cache.</summary>
    internal Task<RunningWorker> StartWorkerAsync() => RunningWorker.StartAsync(folder.PathTo("app"), new Dictionary<string, string>
    {
        ["AzureWebJobsStorage"] = Storage,
        ["HOME"] = folder.PathTo("home"),
        ["Storage"] = Storage,
        ["Scoring__CacheDirectory"] = folder.PathTo("cache"),
        ["Scoring__Preload"] = "intent",
    });

    private static async Task PublishAsync(string folder)
    {
        var start = new ProcessStartInfo("dotnet", PackageHook.PublishArguments(folder, carriesDuckDb: false)) { WorkingDirectory = Checkout.Root, RedirectStandardOutput = true };
        // No process may be left behind that outlives the tests.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";
        using var publish = Process.Start(start)!;
        var output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        Assert.True(publish.ExitCode == 0, output);
        Assert.All(PackageHook.Needed, name => Assert.True(File.Exists(Path.Combine(folder, name)), $"The published app lacks {name}."));
    }
}
