using System.Security.Cryptography;
using System.Text;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Options;
using Scoring.Batch;
using Scoring.Batch.Jobs;
using TestCommon;

namespace Scoring.Tests.Batch;

/// <summary>Jobs by the key that submitted them, in real blob storage.</summary>
[Collection(SharedAzurite.Name)]
public sealed class JobOwnerTests(Azurite azurite) : IAsyncLifetime
{
    private const string Boss = "the operations key";

    private readonly string id = $"job-{Guid.NewGuid():N}";
    private BatchHost host = null!;
    private JobCaller ann = null!;
    private JobCaller bob = null!;
    private JobCaller boss = null!;

    public async Task InitializeAsync()
    {
        host = await BatchHost.StartAsync(azurite);
        var owners = Owners(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Boss))));
        ann = await owners.OfAsync("ann's key", default);
        bob = await owners.OfAsync("bob's key", default);
        boss = await owners.OfAsync(Boss, default);
    }

    public async Task DisposeAsync()
    {
        await new QueuePump(azurite).DrainAsync(() => Task.FromResult(host.Functions));
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Job_OfAnotherKey_IsNotThere()
    {
        await SubmitAsync(id, ann);

        Assert.Equal(id, (await host.Service.ShowAsync(id, ann, default)).Id);
        Assert.Equal(id, (await host.Service.ShowAsync(id, boss, default)).Id);
        foreach (var call in new Func<Task>[]
        {
            () => host.Service.ShowAsync(id, bob, default), () => host.Service.CancelAsync(id, bob, default), () => host.Service.RetryAsync(id, bob, default),
        })
        {
            var refused = await Assert.ThrowsAsync<ScoringException>(call);
            Assert.Equal((ErrorCode.JobNotFound, $"No job '{id}' was ever seen."), (refused.Code, refused.Message));
        }

        Assert.Equal(JobState.Queued, (await host.Service.ShowAsync(id, ann, default)).State);
        Assert.Equal(JobState.Cancelled, (await host.Service.CancelAsync(id, boss, default)).State);
    }

    [Fact]
    public async Task ListAsync_OfAKey_ShowsItsOwnPageByPage()
    {
        for (var i = 0; i < 4; i++)
        {
            await SubmitAsync($"{id}-{i}", i % 2 == 0 ? ann : bob);
        }

        Assert.Equal([$"{id}-2", $"{id}-0"], await ListAsync(ann, 1));
        Assert.Equal([$"{id}-3", $"{id}-1"], await ListAsync(bob, 20));
        Assert.Equal([$"{id}-3", $"{id}-2", $"{id}-1", $"{id}-0"], await ListAsync(boss, 3));
        Assert.Equal(4, (await ListAsync(JobCaller.Storage, 20)).Count);
    }

    [Fact]
    public async Task SubmitAsync_IdOfAnotherKeysJob_IsTakenAndTellsNothingOfIt()
    {
        await SubmitAsync(id, ann);
        await SubmitAsync(id, ann);

        var refused = await Assert.ThrowsAsync<ScoringException>(() => SubmitAsync(id, bob));

        Assert.Equal((ErrorCode.JobConflict, $"The id '{id}' is taken. Give a new job a new id."), (refused.Code, refused.Message));
    }

    [Fact]
    public async Task Job_FromTheQueue_IsOfOperationsWhereThereAreAny()
    {
        await SubmitAsync(id, JobCaller.Storage);
        var anybody = await Owners(null).OfAsync("bob's key", default);

        Assert.Equal(id, (await host.Service.ShowAsync(id, boss, default)).Id);
        Assert.Equal(id, (await host.Service.ShowAsync(id, anybody, default)).Id);
        await Assert.ThrowsAsync<ScoringException>(() => host.Service.ShowAsync(id, bob, default));
    }

    [Fact]
    public async Task OfAsync_SameKey_IsTheSameOwnerInEveryProcessAndTheKeyIsStoredNowhere()
    {
        var again = await Owners(null).OfAsync("ann's key", default);
        await SubmitAsync(id, ann);

        Assert.Equal(ann.Owner, again.Owner);
        Assert.NotEqual(ann.Owner, bob.Owner);
        Assert.Null((await Owners(null).OfAsync(null, default)).Owner);
        Assert.NotEqual(Convert.ToHexStringLower(SHA256.HashData("ann's key"u8)), ann.Owner);
        await foreach (var blob in new BlobContainerClient(azurite.ConnectionString, BatchNames.Jobs).GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, $"{id}/", default))
        {
            Assert.DoesNotContain(blob.Metadata.Values, value => value.Contains("ann", StringComparison.Ordinal));
        }
    }

    private JobOwners Owners(string? operations) => new(host.Storage, Options.Create(new BatchOptions { OperationsKeys = operations }));

    private async Task<List<string>> ListAsync(JobCaller caller, int limit)
    {
        var found = new List<string>();
        string? after = null;
        do
        {
            var page = await host.Service.ListAsync(new JobFilter(Group: id), caller, after, limit, default);
            found.AddRange(page.Jobs.Select(job => job.Id));
            after = page.Next;
        }
        while (after is not null);
        return found;
    }

    private Task<JobView> SubmitAsync(string job, JobCaller caller) => host.Service.SubmitAsync(
        JobService.Read(Encoding.UTF8.GetBytes($$"""{"id":"{{job}}","model":"intent","group":"{{id}}","instances":[{}]}""")), caller, default);
}
