using Azure.Storage.Queues;
using Scoring.Repository;
using TestCommon;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Soak;

/// <summary>Mixed load on the local host for long: nothing fails, and nothing that the process holds grows.</summary>
public sealed class SoakTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public Task MixedLoad_ForAFewSeconds_IsAnsweredAsItShouldBe() => SoakAsync(isFull: false);

    [Fact]
    [Trait("Category", "Proof")]
    public Task MixedLoad_ForTwentyMinutes_LeavesMemoryHandlesThreadsFilesAndTailFlat() => SoakAsync(isFull: true);

    private async Task SoakAsync(bool isFull)
    {
        await using var storage = await Azurite.StartNewAsync();
        await new QueueClient(storage.ConnectionString, "score-requests").CreateIfNotExistsAsync();
        await SoakLoad.PublishAsync(new PackagePublisher(PackageRepository.Open(null, StorageConnection.OfConnectionString(storage.ConnectionString))), folder);
        await using var app = await RunningApp.StartAsync(storage, SoakRun.Settings(folder));
        await app.WaitAsync("v2/health/ready");
        await SoakRun.HoldAsync(RunningApp.IsNative ? "native file" : "local host", new LocalSoak(app, storage), app.ProcessId, storage.ConnectionString, folder, isFull, output);
    }
}
