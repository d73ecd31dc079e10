using Microsoft.Extensions.Options;
using Scoring.Batch;
using TestCommon;

namespace Scoring.Tests.Batch;

public sealed class ScratchSpaceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Open_OfAJob_IsClosedToOtherUsersAndDeletedAtTheEnd()
    {
        string path;
        using (var space = new ScratchSpace(Options.Create(new BatchOptions { TempDirectory = folder.PathTo("temp") })))
        {
            using var room = space.Open();
            path = room.Path;
            File.WriteAllText(room.PathTo("rows"), "a");

            Assert.All([path, Path.GetDirectoryName(path)!], part => Assert.Null(OwnFolder.Fault(part)));
        }

        Assert.Empty(Directory.GetFileSystemEntries(folder.PathTo("temp")));
    }
}
