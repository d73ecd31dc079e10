using System.Diagnostics;
using System.Runtime.Versioning;
using Scoring.Outcomes;
using Scoring.Outcomes.Reading;
using Scoring.Repository;
using Scoring.Serving.Probing;
using Scoring.Serving.Rollouts;
using Scoring.Tests.Serving;
using TestCommon;

namespace Scoring.Tests.Repository;

/// <summary>What lies beside the packages of a folder, where others may write: links, FIFOs, devices and files without end.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class FolderFileTests : IDisposable
{
    private const string Fifo = "a FIFO";

    // Without the mend these wait for ever; it is no measure of speed.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder folder = new();
    private readonly FolderPackageRepository repository;

    public FolderFileTests()
    {
        OffsetModel.Write(folder.PathTo("models", "m", "1"), 1);
        Directory.CreateDirectory(folder.PathTo("outside"));
        File.WriteAllText(folder.PathTo("outside", "secret.json"), """{"version":"1"}""");
        repository = new FolderPackageRepository(folder.PathTo("models"));
    }

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, string> Targets() => new()
    {
        { Fifo, "is a FIFO" },
        { "/dev/zero", "leaves its folder" },
        { "../../outside/secret.json", "leaves its folder" },
        { "itself", "leads back to itself" },
    };

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task ReadHistoryAsync_WhatIsNoFileOfTheFolder_IsRefused(string target, string reason)
    {
        await PlaceAsync(folder.PathTo("models", "m", HistoryEntry.FileName), target);

        var refusal = await Assert.ThrowsAsync<PackageFaultException>(() => repository.ReadHistoryAsync("m", CancellationToken.None).WaitAsync(Patience));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(folder.Root, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task AppendHistoryAsync_WhatIsNoFileOfTheFolder_IsRefusedAndNothingIsWritten(string target, string reason)
    {
        await PlaceAsync(folder.PathTo("models", "m", HistoryEntry.FileName), target);
        var entry = new HistoryEntry(DateTimeOffset.UnixEpoch, HistoryEntry.Live, "1", null, "somebody", null, null);

        var refusal = await Assert.ThrowsAsync<PackageFaultException>(() => repository.AppendHistoryAsync("m", entry, CancellationToken.None).WaitAsync(Patience));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.Equal("""{"version":"1"}""", await File.ReadAllTextAsync(folder.PathTo("outside", "secret.json")));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task ReadLiveAsync_WhatIsNoFileOfTheFolder_IsNoPointer(string target, string reason)
    {
        await PlaceAsync(folder.PathTo("models", "m", LivePointer.FileName), target);

        var refusal = await Assert.ThrowsAsync<PackageFaultException>(() => repository.ReadLiveAsync("m", null, CancellationToken.None).WaitAsync(Patience));

        Assert.Contains("is no live pointer", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    // As when it is put there between the look at the name and the opening.
    [Theory]
    [MemberData(nameof(Targets))]
    public async Task TryOpen_NameThatNobodyLookedAt_TheOpenedFileIsLookedAt(string target, string reason)
    {
        var path = folder.PathTo("models", "m", "1", "weights.bin");
        await PlaceAsync(path, target == "../../outside/secret.json" ? "../../../outside/secret.json" : target);

        var refusal = Assert.Throws<PackageFaultException>(() => FolderFile.TryOpen(folder.PathTo("models", "m", "1"), path, "weights.bin"));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_FilesOfTheFolder_AreReadToTheirLimit()
    {
        var (root, path) = (folder.PathTo("models"), folder.PathTo("models", "file"));
        File.WriteAllText(path, "0123456789");
        File.CreateSymbolicLink(folder.PathTo("models", "link"), "file");

        Assert.Equal("0123456789"u8.ToArray(), FolderFile.TryRead(root, path, "file", 10));
        Assert.Equal("0123456789"u8.ToArray(), FolderFile.TryRead(root, folder.PathTo("models", "link"), "link", 10));
        Assert.Equal("789"u8.ToArray(), FolderFile.TryReadEnd(root, path, "file", 3));
        Assert.Null(FolderFile.TryRead(root, folder.PathTo("models", "nothing", "here"), "here", 10));
        Assert.Contains("has 10 bytes; expected at most 9", Assert.Throws<PackageFaultException>(() => FolderFile.TryRead(root, path, "file", 9)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListVersionsAsync_MoreThanAModelMayHave_IsRefusedBeforeEachIsLookedAt()
    {
        Directory.CreateDirectory(folder.PathTo("models", "m", "2"));
        Directory.CreateDirectory(folder.PathTo("models", "m", "none"));

        Assert.Equal(["1"], await new FolderPackageRepository(folder.PathTo("models")) { MaxVersions = 2 }.ListVersionsAsync("m", withIncomplete: false, CancellationToken.None));
        var refusal = await Assert.ThrowsAsync<PackageFaultException>(
            () => new FolderPackageRepository(folder.PathTo("models")) { MaxVersions = 1 }.ListVersionsAsync("m", withIncomplete: false, CancellationToken.None));

        Assert.Contains("more than 1 versions", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Fifo)]
    [InlineData("/dev/zero")]
    [InlineData("large")]
    public async Task FindAsync_BrakeThatIsNoRecord_IsNone(string target)
    {
        await using var host = new CatalogHost(folder.PathTo("models"), folder.PathTo("cache"));
        var verdicts = folder.PathTo("models", BrakeRecords.FolderName);
        await PlaceAsync(Path.Combine(verdicts, RolloutBrake.PathOf("m", "r", "2")), target);
        await PlaceAsync(Path.Combine(verdicts, TallyFile.FolderOf("m", "r"), "a.json"), target);
        var records = host.Get<BrakeRecords>();

        Assert.Null(await records.FindAsync("m", "r", "2", CancellationToken.None).WaitAsync(Patience));
        Assert.Empty(await records.ListAsync("m", CancellationToken.None).WaitAsync(Patience));
        Assert.Empty((await RolloutTallies.ReadAsync(host.Get<VerdictContainer>(), verdicts, "m", "r", CancellationToken.None).WaitAsync(Patience)).All);
    }

    [Fact]
    public async Task WriteOnceAsync_FolderOfOutcomesIsALinkOut_NothingIsWrittenOrRead()
    {
        var outcomes = folder.PathTo("models", "_outcomes");
        Directory.CreateSymbolicLink(outcomes, folder.PathTo("outside"));
        Directory.CreateDirectory(folder.PathTo("outside", "m", "1", "2026-01-01"));
        await File.WriteAllTextAsync(folder.PathTo("outside", "m", "1", "2026-01-01", "a.jsonl"), "{}");
        var (store, files) = (new FolderOutcomeStore(outcomes), new FolderOutcomeFiles(outcomes));

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => store.WriteOnceAsync("m/1/2026-01-02/b.jsonl", "{}"u8.ToArray(), CancellationToken.None));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => store.ReplaceAsync("m/1/2026-01-02/b.jsonl", "{}"u8.ToArray(), CancellationToken.None));

        Assert.Empty(await files.ListAsync("m", CancellationToken.None));
        await Assert.ThrowsAsync<PackageFaultException>(() => files.OpenAsync(OutcomeFile.Of("m/1/2026-01-01/a.jsonl", 2)!, 0, CancellationToken.None));
        Assert.False(Directory.Exists(folder.PathTo("outside", "m", "1", "2026-01-02")));
    }

    private static async Task PlaceAsync(string path, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        switch (target)
        {
            case Fifo:
                using (var made = Process.Start("mkfifo", [path]))
                {
                    await made.WaitForExitAsync();
                    Assert.Equal(0, made.ExitCode);
                }

                break;
            case "large":
                using (var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write))
                {
                    RandomAccess.SetLength(file, 1L << 33);
                }

                break;
            case "itself":
                File.CreateSymbolicLink(path, Path.GetFileName(path));
                break;
            default:
                File.CreateSymbolicLink(path, target);
                break;
        }
    }
}
