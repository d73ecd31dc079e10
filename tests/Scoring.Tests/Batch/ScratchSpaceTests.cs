using Microsoft.Extensions.Options;
using Scoring.Batch;
using TestCommon;

namespace Scoring.Tests.Batch;

public sealed class ScratchSpaceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Open_BesideFoldersOfOthers_ClearsAwayThoseOfTheDead()
    {
        using var alive = Start();
        using var room = alive.Open();
        File.WriteAllText(room.PathTo("rows"), "a");
        var dead = Directory.CreateDirectory(folder.PathTo("scoring-batch-dead")).FullName;
        File.WriteAllText(Path.Combine(dead, "lock"), "");
        File.WriteAllText(Path.Combine(dead, "rows"), "a");
        Directory.CreateDirectory(folder.PathTo("of-somebody-else"));

        using (var other = Start())
        {
            using var own = other.Open();
            Assert.True(Directory.Exists(own.Path));
        }

        Assert.True(File.Exists(room.PathTo("rows")));
        Assert.Equal(["of-somebody-else", Path.GetFileName(Path.GetDirectoryName(room.Path)!)], Directory.GetDirectories(folder.Root).Select(path => Path.GetFileName(path)).Order());
    }

    private ScratchSpace Start() => new(Options.Create(new BatchOptions { TempDirectory = folder.Root }));
}
