using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using TestCommon;

namespace EndToEnd.Tests.Dev;

public sealed class AzuriteTests
{
    [Fact]
    public async Task StartAsync_AfterStop_KeepsPortsAndContent()
    {
        await using var azurite = await Azurite.StartNewAsync();
        var container = new BlobContainerClient(azurite.ConnectionString, "kept");
        var queue = new QueueClient(azurite.ConnectionString, "kept");
        await container.CreateAsync();
        await container.UploadBlobAsync("greeting", BinaryData.FromString("hello"));
        await queue.CreateAsync();
        await queue.SendMessageAsync("hello");

        await azurite.StopAsync();
        await azurite.StartAsync();

        var blob = await container.GetBlobClient("greeting").DownloadContentAsync();
        var message = await queue.PeekMessageAsync();
        Assert.Equal("hello", blob.Value.Content.ToString());
        Assert.Equal("hello", message.Value.MessageText);
    }
}
