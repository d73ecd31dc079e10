using EndToEnd.Tests.Soak;
using Scoring.Repository;
using TestCommon;
using Xunit.Abstractions;

namespace Worker.Tests.Soak;

/// <summary>Mixed load on the worker process of the published Function App for long: nothing fails, and nothing that it holds grows.</summary>
[Collection(PublishedAppGroup.Name)]
public sealed class SoakTests(PublishedApp app, ITestOutputHelper output) : IDisposable
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
        await SoakLoad.PublishAsync(new PackagePublisher(PackageRepository.Open(null, StorageConnection.OfConnectionString(storage.ConnectionString))), folder);
        await using var worker = await app.StartWorkerAsync([("AzureWebJobsStorage", storage.ConnectionString), ("Storage", storage.ConnectionString), .. SoakRun.Settings(folder)]);
        await SoakRun.HoldAsync("worker", new WorkerSoak(worker), worker.Process.Id, storage.ConnectionString, folder, isFull, output);
    }
}
