using Microsoft.Extensions.Time.Testing;
using Scoring.Repository;
using TestCommon;

namespace Scoring.Tests.Repository;

/// <summary>A model's history, in a real container and in a folder.</summary>
public sealed class HistoryTests(Azurite azurite) : IClassFixture<Azurite>, IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("blob")]
    [InlineData("folder")]
    public async Task History_OfWhatWasDone_TellsWhoWhenAndWhyInOrder(string kind)
    {
        var repository = Open(kind, nameof(History_OfWhatWasDone_TellsWhoWhenAndWhyInOrder));
        await Publisher(repository, "ann", "first").PublishAsync(OffsetModel.Write(folder.PathTo("one"), 1), "m", null, makeLive: true, CancellationToken.None);
        time.Advance(TimeSpan.FromHours(1));
        await Publisher(repository, "bob", null).PublishAsync(OffsetModel.Write(folder.PathTo("two"), 2), "m", null, makeLive: false, CancellationToken.None);
        await Publisher(repository, "cem", "approved in the meeting").GoLiveAsync("m", "2", CancellationToken.None);
        await Publisher(repository, "dee", "refuses sessions of November").RollBackAsync("m", CancellationToken.None);

        var history = await repository.ReadHistoryAsync("m", CancellationToken.None);

        var first = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var second = first.AddHours(1);
        Assert.Equal(
            [
                new(first, "published", "1", null, "ann", "first", null), new(first, "live", "1", null, "ann", "first", null),
                new(second, "published", "2", null, "bob", null, null),
                new(second, "live", "2", "1", "cem", "approved in the meeting", null),
                new(second, "rolled_back", "1", "2", "dee", "refuses sessions of November", null),
            ],
            history);
    }

    [Fact]
    public async Task History_OfARollout_TellsEachStepOfIt()
    {
        var repository = Open("folder", "rollout");
        foreach (var version in (int[])[1, 2])
        {
            await Publisher(repository, "ann", null).PublishAsync(OffsetModel.Write(folder.PathTo($"{version}"), version), "m", null, makeLive: version == 1, CancellationToken.None);
        }

        var tool = new RolloutPublisher(repository, time) { By = "bob", Why = "the new features" };
        await tool.StartAsync("m", Rollout.Create([new RolloutArm("2", [10, 50])], TimeSpan.FromMinutes(1), time.GetUtcNow()), CancellationToken.None);
        await tool.PauseAsync("m", CancellationToken.None);
        await tool.ResumeAsync("m", CancellationToken.None);
        await tool.AbortAsync("m", CancellationToken.None);
        await tool.StartAsync("m", Rollout.Create([new RolloutArm("2", [10])], TimeSpan.Zero, time.GetUtcNow()), CancellationToken.None);
        await tool.FinishAsync("m", null, CancellationToken.None);

        var history = (await repository.ReadHistoryAsync("m", CancellationToken.None)).Skip(3).ToList();

        Assert.Equal(
            [("rollout_started", null), ("rollout_paused", null), ("rollout_resumed", null), ("rollout_aborted", null), ("rollout_started", null), ("live", "1")],
            history.Select(entry => (entry.Action, entry.From)));
        Assert.All(history, entry => Assert.Equal(("2", "bob", "the new features"), (entry.Version, entry.By, entry.Why)));
    }

    [Theory]
    [InlineData("blob")]
    [InlineData("folder")]
    public async Task AppendHistory_ManyAtOnce_LosesNone(string kind)
    {
        var repository = Open(kind, nameof(AppendHistory_ManyAtOnce_LosesNone));
        await repository.EnsureExistsAsync(CancellationToken.None);

        await Task.WhenAll(Enumerable.Range(1, 8).Select(i => repository.AppendHistoryAsync("m", new(time.GetUtcNow(), "live", $"{i}", null, $"writer {i}", null, null), CancellationToken.None)));

        Assert.Equal(Enumerable.Range(1, 8).Select(i => $"{i}"), (await repository.ReadHistoryAsync("m", CancellationToken.None)).Select(entry => entry.Version).Order());
    }

    [Fact]
    public async Task ReadHistory_LongerThanAMebibyteAndWithLinesThatAreNone_GivesItsEnd()
    {
        var repository = Open("folder", "long");
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(repository.Location, "m")).FullName, HistoryEntry.FileName);
        await File.WriteAllTextAsync(path, string.Concat(Enumerable.Range(0, 20_000).Select(i => $$"""{"at":"2026-03-01T12:00:00+00:00","action":"live","version":"{{i}}","by":"someone"}""" + "\n")) + "no json\n{}\n");

        await repository.AppendHistoryAsync("m", new(time.GetUtcNow(), "live", "7", null, new string('x', 600), null, null), CancellationToken.None);
        var history = await repository.ReadHistoryAsync("m", CancellationToken.None);

        Assert.Equal(("19999", "7"), (history[^2].Version, history[^1].Version));
        Assert.Equal(HistoryEntry.MaxText, history[^1].By.Length);
        Assert.InRange(history.Count, 1000, 19_999);
    }

    [Fact]
    public async Task ReadHistory_OfNoModel_IsEmpty()
    {
        Assert.Empty(await Open("blob", "nobody").ReadHistoryAsync("nothing", CancellationToken.None));
        Assert.Empty(await Open("folder", "nobody").ReadHistoryAsync("nothing", CancellationToken.None));
    }

    private PackagePublisher Publisher(IPackageRepository repository, string by, string? why) => new(repository) { By = by, Why = why, Time = time };

    private IPackageRepository Open(string kind, string name)
    {
        var container = $"h{name.ToLowerInvariant().Replace("_", "", StringComparison.Ordinal)}";
        var location = kind == "folder" ? folder.PathTo(name) : $"{azurite.BlobEndpoint}/{container[..Math.Min(60, container.Length)]}";
        return PackageRepository.Open(location, StorageConnection.OfConnectionString(azurite.ConnectionString));
    }
}
