using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using TestCommon;

namespace EndToEnd.Tests.Batch;

/// <summary>A job whose model cannot be had for a while, from end to end.</summary>
public sealed class RetryingTests
{
    [Fact]
    public async Task Job_ModelAwayThenBack_IsRetryingAndThenSucceeds()
    {
        await using var models = await Azurite.StartNewAsync();
        await RunningApp.PublishAsync(models, Checkout.PathTo("samples", "intent", "package"), "intent");
        var repository = new BlobContainerClient(models.ConnectionString, "models").GenerateSasUri(BlobContainerSasPermissions.Read | BlobContainerSasPermissions.List, DateTimeOffset.UtcNow.AddDays(1));
        await using var cluster = await JobCluster.StartAsync(
            ("Scoring__Repository", repository.ToString()), ("Scoring__Batch__MaxTries", "1000"), ("AzureFunctionsJobHost__extensions__queues__maxDequeueCount", "1000"));
        await models.StopAsync();
        await cluster.GrowAsync(1);
        await using (var input = await JobInputs.MakeAsync("csv", 50))
        {
            await cluster.UploadAsync("rows.csv", input);
        }

        await cluster.SendAsync("""{"id":"waits","model":"intent","input":{"blob":"inputs/rows.csv"} }""");
        await Poll.UntilAsync(async () => (string?)(await cluster.ShowAsync("waits"))?["state"] == "retrying");
        var retrying = (await cluster.ShowAsync("waits"))!;
        Assert.Equal("model_unavailable", (string?)retrying["error"]!["code"]);
        Assert.Null(retrying["endedAt"]);

        await models.StartAsync();
        await Poll.UntilAsync(() => cluster.HasEndedAsync("waits"));

        var job = (await cluster.ShowAsync("waits"))!;
        Assert.Equal(("succeeded", 50), ((string?)job["state"], (int)job["rows"]!));
        Assert.Null(job["error"]);
    }
}
