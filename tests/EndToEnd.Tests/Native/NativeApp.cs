using EndToEnd.Tests.Dev;
using TestCommon;

namespace EndToEnd.Tests.Native;

/// <summary>The app as one native file, published once for the proofs of a class.</summary>
public sealed class NativeApp : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();

    /// <summary>What is started.</summary>
    internal string File => folder.PathTo("LocalHost");

    public async Task InitializeAsync()
    {
        var run = await DevCommand.RunAsync("publish", folder.PathTo());
        Assert.True(run.ExitCode == 0, run.Error);
    }

    public Task DisposeAsync()
    {
        folder.Dispose();
        return Task.CompletedTask;
    }
}
