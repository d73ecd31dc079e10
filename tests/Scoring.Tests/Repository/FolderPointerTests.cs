using System.Runtime.ExceptionServices;
using Scoring.Repository;
using TestCommon;

namespace Scoring.Tests.Repository;

/// <summary>How a folder of models is looked at where nobody wrote a pointer: at each start, and again at each refresh.</summary>
public sealed class FolderPointerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task ReadLive_WithoutAPointer_FindsTheHighestVersionAndThrowsNothing()
    {
        Directory.CreateDirectory(folder.PathTo("shop", "2"));
        await File.WriteAllBytesAsync(folder.PathTo("shop", "2", ModelPackage.ModelFile), [1]);
        var repository = new FolderPackageRepository(folder.Root);
        var thrown = new List<Exception>();
        AppDomain.CurrentDomain.FirstChanceException += Remember;
        try
        {
            var read = await repository.ReadLiveAsync("shop", knownTag: null, CancellationToken.None);

            Assert.Equal("2", read.State!.Pointer.Version);
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Remember;
        }

        Assert.Empty(thrown);

        // Other tests throw beside this one.
        void Remember(object? sender, FirstChanceExceptionEventArgs exception)
        {
            if (exception.Exception.Message.Contains(folder.Root, StringComparison.Ordinal))
            {
                lock (thrown)
                {
                    thrown.Add(exception.Exception);
                }
            }
        }
    }
}
