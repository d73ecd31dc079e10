using EndToEnd.Tests.Dev;
using TestCommon;

namespace EndToEnd.Tests.Native;

/// <summary>The app as one native file, published once for the proofs of a class.</summary>
public sealed class NativeApp : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("scoring-native-").FullName;

    /// <summary>What is started.</summary>
    internal string File => Path.Combine(folder, "LocalHost");

    public async Task InitializeAsync()
    {
        var run = await DevCommand.RunAsync("publish", folder);
        Assert.True(run.ExitCode == 0, run.Error);
    }

    public Task DisposeAsync()
    {
        TemporaryFolder.Delete(folder);
        return Task.CompletedTask;
    }
}
