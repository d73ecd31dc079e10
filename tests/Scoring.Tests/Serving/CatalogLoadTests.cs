using Microsoft.Extensions.Time.Testing;
using TestCommon;

namespace Scoring.Tests.Serving;

/// <summary>Loading on first use, from real blob storage.</summary>
public sealed class CatalogLoadTests(Azurite azurite) : IClassFixture<Azurite>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task LeaseAsync_200FirstCallersAtOnce_OneDownloadAndOneSession()
    {
        await using var host = await PublishedHostAsync(nameof(LeaseAsync_200FirstCallersAtOnce_OneDownloadAndOneSession), offset: 10);
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var callers = Enumerable.Range(0, 200).Select(async i =>
        {
            await start.Task;
            return await host.ScoreAsync(i);
        }).ToList();

        start.SetResult();
        var answers = await Task.WhenAll(callers);

        Assert.All(answers.Select((a, i) => (a, i)), pair => Assert.Equal(("1", pair.i + 10.0), pair.a));
        Assert.Equal(1, host.Repository.ModelDownloads);
        Assert.Equal(1, host.Sessions);
    }

    [Fact]
    public async Task LeaseAsync_Loaded_CompletesSynchronouslyWithoutAllocation()
    {
        await using var host = await PublishedHostAsync(nameof(LeaseAsync_Loaded_CompletesSynchronouslyWithoutAllocation), offset: 1);
        await host.ScoreAsync(1);
        for (var i = 0; i < 100; i++)
        {
            Lease(host);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Lease(host);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Lease(CatalogHost host)
        {
            var lease = host.Catalog.LeaseAsync("m", null, CancellationToken.None);
            Assert.True(lease.IsCompletedSuccessfully);
            lease.Result.Dispose();
        }
    }

    [Fact]
    public async Task LeaseAsync_StorageDownThenUp_UnavailableThenServed()
    {
        await using var storage = await Azurite.StartNewAsync();
        await using var host = NewHost(storage, "models");
        await host.Publisher.PublishAsync(OffsetModel.Write(folder.PathTo("v1"), 1), "m", null, makeLive: true, CancellationToken.None);
        await storage.StopAsync();

        var failure = await Assert.ThrowsAsync<ScoringException>(() => host.ScoreAsync(1));
        Assert.Equal(ErrorCode.ModelUnavailable, failure.Code);
        Assert.NotNull(failure.RetryAfter);

        await storage.StartAsync();
        Assert.Equal(("1", 2.0), await RetryAsync(() => host.ScoreAsync(1)));
    }

    [Fact]
    public async Task LeaseAsync_StorageDownWithWarmCache_ServesAndSaysStale()
    {
        await using var storage = await Azurite.StartNewAsync();
        await using (var first = NewHost(storage, "models"))
        {
            await first.Publisher.PublishAsync(OffsetModel.Write(folder.PathTo("v1"), 1), "m", null, makeLive: true, CancellationToken.None);
            await first.ScoreAsync(1);
        }

        await storage.StopAsync();
        await using var second = NewHost(storage, "models", options => options.CachedPointerLifetime = TimeSpan.Zero);
        Assert.Equal(("1", 3.0), await second.ScoreAsync(2));
        var status = await second.Catalog.DescribeAsync("m", CancellationToken.None);
        Assert.True(status.IsStale);
        Assert.Equal("1", status.Version);
        Assert.NotNull(status.Remark);

        await storage.StartAsync();
        await second.Catalog.RefreshAsync(CancellationToken.None);
        status = await second.Catalog.DescribeAsync("m", CancellationToken.None);
        Assert.False(status.IsStale);
        Assert.Null(status.Remark);
    }

    [Fact]
    public async Task RefreshAsync_StorageGoesAwayWhileServing_ServesOnAndSaysStale()
    {
        await using var storage = await Azurite.StartNewAsync();
        await using var host = NewHost(storage, "models");
        await host.Publisher.PublishAsync(OffsetModel.Write(folder.PathTo("v1"), 1), "m", null, makeLive: true, CancellationToken.None);
        await host.ScoreAsync(1);
        await host.Catalog.RefreshAsync(CancellationToken.None);
        Assert.False((await host.Catalog.DescribeAsync("m", CancellationToken.None)).IsStale);

        await storage.StopAsync();
        await host.Catalog.RefreshAsync(CancellationToken.None);

        Assert.Equal(("1", 2.0), await host.ScoreAsync(1));
        var status = Assert.Single(await host.Catalog.ListAsync(CancellationToken.None));
        Assert.True(status.IsStale);
        Assert.Null(status.Refused);
    }

    [Fact]
    public async Task LeaseAsync_FreshCachedPointer_ServesBeforeThePointerIsRead()
    {
        var name = nameof(LeaseAsync_FreshCachedPointer_ServesBeforeThePointerIsRead);
        await using (var first = await PublishedHostAsync(name, offset: 1))
        {
            await first.ScoreAsync(1);
        }

        var read = new TaskCompletionSource();
        await using var second = NewHost(azurite, name);
        second.Repository.BeforeLiveRead = read.Task;

        Assert.Equal(("1", 2.0), await second.ScoreAsync(1));
        Assert.Equal(0, second.Repository.ModelDownloads);
        read.SetResult();
    }

    [Fact]
    public async Task LeaseAsync_SlowStorage_CallerIsToldAtItsDeadlineAndTheLoadGoesOn()
    {
        await using var host = await PublishedHostAsync(nameof(LeaseAsync_SlowStorage_CallerIsToldAtItsDeadlineAndTheLoadGoesOn), offset: 1);
        var download = new TaskCompletionSource();
        host.Repository.BeforeDownload = download.Task;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        var failure = await Assert.ThrowsAsync<ScoringException>(() => host.ScoreAsync(1, cancellationToken: deadline.Token));
        Assert.Equal(ErrorCode.ModelUnavailable, failure.Code);
        Assert.NotNull(failure.RetryAfter);

        download.SetResult();
        Assert.Equal(("1", 2.0), await host.ScoreAsync(1));
        Assert.Equal(1, host.Repository.ModelDownloads);
    }

    [Fact]
    public async Task LeaseForRequestAsync_LoadLongerThanRequestTimeout_UnavailableWithRetryAfter()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await PublishedHostAsync(nameof(LeaseForRequestAsync_LoadLongerThanRequestTimeout_UnavailableWithRetryAfter), offset: 1, time: time);
        var download = new TaskCompletionSource();
        host.Repository.BeforeDownload = download.Task;
        var waiting = host.Catalog.LeaseForRequestAsync("m", null, CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);

        time.Advance(new ScoringOptions().RequestTimeout);

        var failure = await Assert.ThrowsAsync<ScoringException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(ErrorCode.ModelUnavailable, failure.Code);
        Assert.NotNull(failure.RetryAfter);
        download.SetResult();
    }

    [Theory]
    [InlineData("nobody", null, ErrorCode.ModelNotFound)]
    [InlineData("nobody", "1", ErrorCode.ModelNotFound)]
    [InlineData("m", "7", ErrorCode.VersionNotFound)]
    [InlineData("m", "01", ErrorCode.VersionNotFound)]
    [InlineData("../m", null, ErrorCode.ModelNotFound)]
    [InlineData("m/1", null, ErrorCode.ModelNotFound)]
    [InlineData("m", "../1", ErrorCode.VersionNotFound)]
    public async Task LeaseAsync_WhatIsNotThere_NotFound(string model, string? version, ErrorCode expected)
    {
        await using var host = await PublishedHostAsync(nameof(LeaseAsync_WhatIsNotThere_NotFound), offset: 1);

        var failure = await Assert.ThrowsAsync<ScoringException>(() => host.ScoreAsync(1, model, version));

        Assert.Equal(expected, failure.Code);
        Assert.Null(failure.RetryAfter);
    }

    [Fact]
    public async Task LeaseAsync_FailedLoad_IsToldToAllAndTriedAgainAfterThePause()
    {
        var time = new FakeTimeProvider();
        await using var host = new CatalogHost(folder.PathTo("repository"), folder.PathTo("cache"), time: time);
        OffsetModel.Write(folder.PathTo("repository", "m", "1"), 1);
        File.Move(folder.PathTo("repository", "m", "1", "model.onnx"), folder.PathTo("aside"));
        File.WriteAllText(folder.PathTo("repository", "m", "1", "model.onnx"), "no model");

        var first = await Assert.ThrowsAsync<ScoringException>(() => host.ScoreAsync(1));
        Assert.Equal(ErrorCode.ModelUnavailable, first.Code);
        var reads = host.Repository.LiveReads;
        await Assert.ThrowsAsync<ScoringException>(() => host.ScoreAsync(1));
        Assert.Equal(reads, host.Repository.LiveReads);

        File.Move(folder.PathTo("aside"), folder.PathTo("repository", "m", "1", "model.onnx"), overwrite: true);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(("1", 2.0), await host.ScoreAsync(1));
    }

    internal static async Task<T> RetryAsync<T>(Func<Task<T>> call)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (ScoringException e) when (e.RetryAfter is not null && attempt < 20)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200));
            }
        }
    }

    // Each test has a container of its own.
    private CatalogHost NewHost(Azurite storage, string test, Action<ScoringOptions>? configure = null, TimeProvider? time = null)
    {
        var container = test.ToLowerInvariant().Replace("_", "", StringComparison.Ordinal);
        return new($"{storage.BlobEndpoint}/{container[..Math.Min(60, container.Length)]}", folder.PathTo("cache"), storage.ConnectionString, configure, time);
    }

    private async Task<CatalogHost> PublishedHostAsync(string test, float offset, TimeProvider? time = null)
    {
        var host = NewHost(azurite, test, time: time);
        await host.Publisher.PublishAsync(OffsetModel.Write(folder.PathTo("v1"), offset), "m", null, makeLive: true, CancellationToken.None);
        return host;
    }
}
