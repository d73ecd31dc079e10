using EndToEnd.Tests.Dev;
using TestCommon;

namespace EndToEnd.Tests.Native;

/// <summary>One native file, published once for the proofs of a class. Those classes are a collection of this name, one after another: two builds at once write the same files.</summary>
/// <param name="name">Its name.</param>
/// <param name="options">What tells <c>./dev publish</c> which.</param>
public abstract class NativeFile(string name, params string[] options) : IAsyncLifetime
{
    /// <summary>Where it lies, with what it needs.</summary>
    internal string Folder { get; } = Directory.CreateTempSubdirectory("scoring-native-").FullName;

    /// <summary>What is started.</summary>
    internal string Path => System.IO.Path.Combine(Folder, name);

    public async Task InitializeAsync()
    {
        var run = await DevCommand.RunAsync(["publish", Folder, .. options]);
        Assert.True(run.ExitCode == 0, run.Error);
    }

    public Task DisposeAsync()
    {
        TemporaryFolder.Delete(Folder);
        return Task.CompletedTask;
    }
}
