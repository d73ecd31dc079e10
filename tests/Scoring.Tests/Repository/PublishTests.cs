using Scoring.Repository;
using TestCommon;

namespace Scoring.Tests.Repository;

/// <summary>Publishing to a real container and to a folder.</summary>
public sealed class PublishTests(Azurite azurite) : IClassFixture<Azurite>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("blob")]
    [InlineData("folder")]
    public async Task PublishAsync_SameContentTwice_SecondDoesNothing(string kind)
    {
        var (repository, publisher) = Open(kind, nameof(PublishAsync_SameContentTwice_SecondDoesNothing));
        var first = await PublishAsync(publisher, 1);
        var tag = (await repository.ReadLiveAsync("m", null, CancellationToken.None)).State!.Tag;
        var second = await PublishAsync(publisher, 1);

        Assert.True(first is { Version: "1", Uploaded: true, Live: true });
        Assert.True(second is { Version: "1", Uploaded: false, Live: true, Previous: null });
        Assert.True((await repository.ReadLiveAsync("m", tag, CancellationToken.None)).IsUnchanged);
    }

    [Theory]
    [InlineData("blob")]
    [InlineData("folder")]
    public async Task PublishAsync_NumberTakenByOtherContent_Conflict(string kind)
    {
        var (repository, publisher) = Open(kind, nameof(PublishAsync_NumberTakenByOtherContent_Conflict));
        await PublishAsync(publisher, 1, "5");
        var conflict = await Assert.ThrowsAsync<RepositoryConflictException>(() => PublishAsync(publisher, 2, "5"));

        Assert.Contains("versions never change", conflict.Message, StringComparison.Ordinal);
        Assert.Equal("5", (await repository.ReadLiveAsync("m", null, CancellationToken.None)).State!.Pointer.Version);
        Assert.Equal("6", (await PublishAsync(publisher, 2)).Version);
    }

    [Theory]
    [InlineData("blob")]
    [InlineData("folder")]
    public async Task MoveLiveAsync_PointerMovedSince_ConflictAndTheOtherWriterWins(string kind)
    {
        var (repository, publisher) = Open(kind, nameof(MoveLiveAsync_PointerMovedSince_ConflictAndTheOtherWriterWins));
        await PublishAsync(publisher, 1);
        var tag = (await repository.ReadLiveAsync("m", null, CancellationToken.None)).State!.Tag;
        await PublishAsync(publisher, 2);

        await Assert.ThrowsAsync<RepositoryConflictException>(() => repository.MoveLiveAsync("m", new LivePointer("1"), tag, CancellationToken.None));
        await Assert.ThrowsAsync<RepositoryConflictException>(() => repository.MoveLiveAsync("m", new LivePointer("1"), null, CancellationToken.None));

        Assert.Equal("2", (await repository.ReadLiveAsync("m", null, CancellationToken.None)).State!.Pointer.Version);
    }

    [Theory]
    [InlineData("blob")]
    [InlineData("folder")]
    public async Task PublishAsync_ManyAtOnce_EveryVersionIsWholeAndLosersAreTold(string kind)
    {
        const int Publishers = 4;
        var (repository, publisher) = Open(kind, nameof(PublishAsync_ManyAtOnce_EveryVersionIsWholeAndLosersAreTold));
        await PublishAsync(publisher, 100);

        var outcomes = await Task.WhenAll(Enumerable.Range(1, Publishers).Select(async offset =>
        {
            try
            {
                return (await PublishAsync(publisher, offset)).Version;
            }
            catch (RepositoryConflictException)
            {
                return null;
            }
        }));

        var live = (await repository.ReadLiveAsync("m", null, CancellationToken.None)).State!.Pointer;
        var winners = outcomes.OfType<string>().ToList();
        Assert.NotEmpty(winners);
        Assert.Equal(winners.Count, winners.Distinct().Count());
        Assert.Contains(live.Version, winners);
        // Who won is in the pointer or its history: nobody's move was lost in silence.
        Assert.Equal(winners.Order(), new[] { live.Version! }.Concat(live.History!).Where(v => v != "1").Order());
        foreach (var version in await repository.ListVersionsAsync("m", withIncomplete: false, CancellationToken.None))
        {
            var manifest = (await ManifestReader.TryReadAsync(repository, "m", version, CancellationToken.None))?.Manifest;
            Assert.Equal(3, manifest!.Files.Count);
        }
    }

    [Theory]
    [InlineData("blob")]
    [InlineData("folder")]
    public async Task RollBackAsync_Twice_GoesBackTwice(string kind)
    {
        var (_, publisher) = Open(kind, nameof(RollBackAsync_Twice_GoesBackTwice));
        await PublishAsync(publisher, 1);
        await PublishAsync(publisher, 2);
        await PublishAsync(publisher, 3);

        Assert.Equal("2", (await publisher.RollBackAsync("m", CancellationToken.None)).To);
        Assert.Equal("1", (await publisher.RollBackAsync("m", CancellationToken.None)).To);
        var end = await Assert.ThrowsAsync<ScoringException>(() => publisher.RollBackAsync("m", CancellationToken.None));
        Assert.Equal(ErrorCode.VersionNotFound, end.Code);
    }

    [Theory]
    [InlineData("blob")]
    [InlineData("folder")]
    public async Task PublishAsync_NoLive_TheLiveVersionStays(string kind)
    {
        var (repository, publisher) = Open(kind, nameof(PublishAsync_NoLive_TheLiveVersionStays));
        await publisher.PublishAsync(OffsetModel.Write(folder.PathTo("first"), 1), "m", null, makeLive: false, CancellationToken.None);
        Assert.Null((await repository.ReadLiveAsync("m", null, CancellationToken.None)).State?.Pointer.Version);

        await publisher.GoLiveAsync("m", "1", CancellationToken.None);
        await publisher.PublishAsync(OffsetModel.Write(folder.PathTo("second"), 2), "m", null, makeLive: false, CancellationToken.None);
        Assert.Equal("1", (await repository.ReadLiveAsync("m", null, CancellationToken.None)).State!.Pointer.Version);
        Assert.Equal(["1", "2"], await repository.ListVersionsAsync("m", withIncomplete: false, CancellationToken.None));
    }

    [Theory]
    [InlineData("blob")]
    [InlineData("folder")]
    public async Task PublishAsync_AfterAnInterruptedUpload_SameNumberIsCompletedAndTheNextIsFree(string kind)
    {
        var (repository, publisher) = Open(kind, nameof(PublishAsync_AfterAnInterruptedUpload_SameNumberIsCompletedAndTheNextIsFree));
        await repository.EnsureExistsAsync(CancellationToken.None);
        var package = OffsetModel.Write(folder.PathTo("p"), 1);
        using (var config = File.OpenRead(Path.Combine(package, "model.json")))
        {
            await repository.CreateFileAsync("m", "1", "model.json", config, CancellationToken.None);
        }

        Assert.Empty(await repository.ListVersionsAsync("m", withIncomplete: false, CancellationToken.None));
        var incomplete = await Assert.ThrowsAsync<ScoringException>(() => publisher.GoLiveAsync("m", "1", CancellationToken.None));
        Assert.Contains("half uploaded", incomplete.Message, StringComparison.Ordinal);

        Assert.Equal("2", (await PublishAsync(publisher, 2)).Version);
        Assert.Equal("1", (await publisher.PublishAsync(package, "m", "1", makeLive: true, CancellationToken.None)).Version);
        Assert.Equal(["1", "2"], await repository.ListVersionsAsync("m", withIncomplete: false, CancellationToken.None));
    }

    private async Task<PublishResult> PublishAsync(PackagePublisher publisher, int offset, string? version = null) =>
        await publisher.PublishAsync(OffsetModel.Write(folder.PathTo($"p{offset}"), offset), "m", version, makeLive: true, CancellationToken.None);

    private (IPackageRepository Repository, PackagePublisher Publisher) Open(string kind, string test)
    {
        var container = test.ToLowerInvariant().Replace("_", "", StringComparison.Ordinal);
        var location = kind == "folder" ? folder.PathTo("repository") : $"{azurite.BlobEndpoint}/{container[..Math.Min(60, container.Length)]}";
        var repository = PackageRepository.Open(location, StorageConnection.OfConnectionString(azurite.ConnectionString));
        return (repository, new PackagePublisher(repository));
    }
}
