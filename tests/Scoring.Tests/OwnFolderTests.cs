using System.Diagnostics;
using System.Runtime.Versioning;
using TestCommon;

namespace Scoring.Tests;

/// <summary>Folders of one user: whose they are, and what is deleted of what others leave beside them.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class OwnFolderTests : IDisposable
{
    private const UnixFileMode Open = (UnixFileMode)0b111_111_111;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Fault_OfAFolder_TellsWhoseItIs()
    {
        var own = folder.PathTo("own");
        OwnFolder.Create(own);
        var open = Directory.CreateDirectory(folder.PathTo("open")).FullName;
        File.SetUnixFileMode(open, Open);
        Directory.CreateSymbolicLink(folder.PathTo("link"), own);

        Assert.Null(OwnFolder.Fault(own));
        Assert.Equal("it is open to other users", OwnFolder.Fault(open));
        Assert.Equal("it is a link", OwnFolder.Fault(folder.PathTo("link")));
    }

    [Fact]
    public void Create_SeveralFoldersDeep_ClosesEachOfThem()
    {
        OwnFolder.Create(folder.PathTo("a", "b", "c"));

        Assert.All([folder.PathTo("a"), folder.PathTo("a", "b"), folder.PathTo("a", "b", "c")], path => Assert.Null(OwnFolder.Fault(path)));
    }

    [Fact]
    public void Exposure_OfAFolder_NamesWhereOthersMayWrite()
    {
        OwnFolder.Create(folder.PathTo("above", "within"));
        var before = OwnFolder.Exposure(folder.PathTo("above", "within"));
        File.SetUnixFileMode(folder.PathTo("above"), Open);
        var open = OwnFolder.Exposure(folder.PathTo("above", "within"));
        File.SetUnixFileMode(folder.PathTo("above"), Open | UnixFileMode.StickyBit);

        Assert.Null(before);
        Assert.Equal($"other users may write to {folder.PathTo("above")}", open);
        Assert.Null(OwnFolder.Exposure(folder.PathTo("above", "within")));
        Assert.NotNull(OwnFolder.Exposure(folder.PathTo("above")));
    }

    [RootFact]
    public async Task Exposure_FolderOfAnotherUser_IsTold()
    {
        OwnFolder.Create(folder.PathTo("theirs", "within"));
        await GiveAwayAsync(folder.PathTo("theirs"));

        Assert.Equal($"{folder.PathTo("theirs")} belongs to another user", OwnFolder.Exposure(folder.PathTo("theirs", "within")));
    }

    // As somebody else would who waits for the deletion to begin, and now and then comes too late.
    [Fact]
    public void Delete_FolderThatALinkReplacesMeanwhile_LeavesWhatTheLinkLeadsTo()
    {
        const int Files = 2_000, Tries = 20;
        var precious = Directory.CreateDirectory(folder.PathTo("precious")).FullName;
        for (var file = 0; file < Files; file++)
        {
            File.Create(Path.Combine(precious, $"{file}")).Dispose();
        }

        var isSwapped = false;
        for (var attempt = 0; attempt < Tries && !isSwapped; attempt++)
        {
            var inner = Directory.CreateDirectory(folder.PathTo($"left-{attempt}", "inner")).FullName;
            for (var file = 0; file < Files; file++)
            {
                File.Create(Path.Combine(inner, $"{file}")).Dispose();
            }

            isSwapped = DeleteAndSwap(inner, precious);
            Assert.Equal(Files, Directory.GetFiles(precious).Length);
        }

        Assert.True(isSwapped);
    }

    [Fact]
    public void Delete_FolderWithLinks_TakesThemAndNotWhatTheyLeadTo()
    {
        var precious = Directory.CreateDirectory(folder.PathTo("precious")).FullName;
        File.WriteAllText(Path.Combine(precious, "file"), "");
        Directory.CreateDirectory(folder.PathTo("left", "a", "b"));
        File.WriteAllText(folder.PathTo("left", "a", "file"), "");
        Directory.CreateSymbolicLink(folder.PathTo("left", "a", "link"), precious);
        Directory.CreateSymbolicLink(folder.PathTo("link"), precious);

        OwnFolder.Delete(folder.PathTo("left"));
        OwnFolder.Delete(folder.PathTo("link"));

        Assert.Equal([precious], Directory.GetFileSystemEntries(folder.Root));
        Assert.True(File.Exists(Path.Combine(precious, "file")));
    }

    [Fact]
    public void Sweep_FolderOfAnotherThatIsAlive_IsLeftWithoutAnException()
    {
        using var alive = new ProcessFolder(folder.Root);
        var path = alive.NewFolder();
        var (thread, thrown) = (Environment.CurrentManagedThreadId, 0);
        EventHandler<System.Runtime.ExceptionServices.FirstChanceExceptionEventArgs> count = (_, _) => thrown += Environment.CurrentManagedThreadId == thread ? 1 : 0;
        AppDomain.CurrentDomain.FirstChanceException += count;

        ProcessFolder.Sweep(folder.Root);

        AppDomain.CurrentDomain.FirstChanceException -= count;
        Assert.True(Directory.Exists(path));
        Assert.Equal(0, thrown);
    }

    [Fact]
    public void NewPath_AfterAProcessWasKilled_ClearsAwayWhatItLeft()
    {
        using var alive = new ProcessFolder(folder.Root);
        var held = alive.NewFolder();
        Leave("scoring-run-dead");
        Leave("scoring-run-open");
        File.SetUnixFileMode(folder.PathTo("scoring-run-open"), Open);
        Leave("target");
        Directory.CreateSymbolicLink(folder.PathTo("scoring-run-link"), folder.PathTo("target"));
        OwnFolder.Create(folder.PathTo("scoring-run-in-the-making"));

        using var next = new ProcessFolder(folder.Root);
        var path = next.NewPath();

        Assert.Null(OwnFolder.Fault(Path.GetDirectoryName(path)!));
        Assert.True(Directory.Exists(held));
        Assert.True(File.Exists(folder.PathTo("target", "rows")));
        var found = Directory.GetDirectories(folder.Root).Select(Path.GetFileName).ToHashSet();
        Assert.DoesNotContain("scoring-run-dead", found);
        Assert.Superset(new HashSet<string?> { "scoring-run-open", "scoring-run-link", "scoring-run-in-the-making" }, found);
    }

    [RootFact]
    public async Task NewPath_FolderOfAnotherUser_IsNotCleared()
    {
        Leave("scoring-run-theirs");
        await GiveAwayAsync(folder.PathTo("scoring-run-theirs"));

        using var next = new ProcessFolder(folder.Root);
        next.NewPath();

        Assert.True(File.Exists(folder.PathTo("scoring-run-theirs", "rows")));
    }

    [Fact]
    public void NewPath_FolderThatWasClearedAwayByTheSystem_GetsAnotherName()
    {
        using var own = new ProcessFolder(folder.Root);
        var before = Path.GetDirectoryName(own.NewPath())!;
        Directory.Delete(before, recursive: true);

        var after = Path.GetDirectoryName(own.NewPath())!;

        Assert.NotEqual(before, after);
        Assert.Null(OwnFolder.Fault(after));
    }

    private static bool DeleteAndSwap(string inner, string precious)
    {
        using var deleting = new ManualResetEventSlim();
        using var watch = new FileSystemWatcher(inner) { EnableRaisingEvents = true };
        watch.Deleted += (_, _) => deleting.Set();
        var swap = Task.Run(() =>
        {
            deleting.Wait();
            try
            {
                Directory.Move(inner, $"{Path.GetDirectoryName(inner)}-aside");
                Directory.CreateSymbolicLink(inner, precious);
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        });
        OwnFolder.Delete(Path.GetDirectoryName(inner)!);
        return swap.GetAwaiter().GetResult();
    }

    private void Leave(string name)
    {
        OwnFolder.Create(folder.PathTo(name));
        File.WriteAllText(folder.PathTo(name, "lock"), "");
        File.WriteAllText(folder.PathTo(name, "rows"), "a");
    }

    private static async Task GiveAwayAsync(string path)
    {
        using var change = Process.Start("chown", ["65534", path]);
        await change.WaitForExitAsync();
        Assert.Equal(0, change.ExitCode);
    }
}
