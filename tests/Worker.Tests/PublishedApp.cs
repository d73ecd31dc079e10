using System.Diagnostics;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Hooks;
using Scoring.Batch;
using Scoring.Bench.Measuring;
using Scoring.Repository;
using TestCommon;
using Worker.Tests.Hosting;

namespace Worker.Tests;

/// <summary>The app published once as it ships, the local host published alike, storage with the sample model intent, and one worker over them that the tests share.</summary>
public sealed class PublishedApp : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Azurite storage = new();

    /// <summary>What the local host asks its callers for.</summary>
    public const string FunctionKey = "key-of-the-test";

    /// <summary>The storage's connection string.</summary>
    public string Storage => storage.ConnectionString;

    internal RunningWorker Worker { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await PublishAsync(PackageHook.PublishArguments(folder.PathTo("app"), carriesDuckDb: false));
        Assert.All(PackageHook.Needed, name => Assert.True(File.Exists(folder.PathTo("app", name)), $"The published app lacks {name}."));
        await PublishAsync(["publish", Path.Combine("src", "LocalHost"), "--configuration", "Release", "--output", folder.PathTo("local"), "-verbosity:quiet", "-nologo"]);
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
    internal Task<RunningWorker> StartWorkerAsync(params (string Name, string Value)[] more) =>
        RunningWorker.StartAsync(folder.PathTo("app"), more.Concat(Settings).DistinctBy(setting => setting.Name).ToDictionary());

    /// <summary>The local host over the same storage and disk cache, started and not waited for.</summary>
    internal Server StartLocalHost(params (string Name, string Value)[] more) => new(
        "dotnet", [folder.PathTo("local", "LocalHost.dll")], [("LOCALHOST_URL", "http://127.0.0.1:{port}"), ("LOCALHOST_FUNCTION_KEY", FunctionKey), ("ORT_DISABLE_TELEMETRY", "1"), .. Settings, .. more]);

    /// <summary>Puts a model into the repository whose one version is live and holds no graph.</summary>
    internal async Task PublishBrokenModelAsync(string name)
    {
        var models = new BlobContainerClient(Storage, "models");
        await models.GetBlobClient($"{name}/1/model.onnx").UploadAsync(BinaryData.FromString("no graph"), overwrite: true);
        await models.GetBlobClient($"{name}/live.json").UploadAsync(BinaryData.FromString("""{"version":"1"}"""), overwrite: true);
    }

    private (string Name, string Value)[] Settings =>
    [
        ("AzureWebJobsStorage", Storage),
        ("HOME", folder.PathTo("home")),
        ("Storage", Storage),
        ("Scoring__CacheDirectory", folder.PathTo("cache")),
        ("Scoring__Preload", "intent"),
    ];

    private static async Task PublishAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = Checkout.Root, RedirectStandardOutput = true };
        // No process may be left behind that outlives the tests.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";
        using var publish = Process.Start(start)!;
        var output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        Assert.True(publish.ExitCode == 0, output);
    }
}
