using System.Diagnostics;
using Scoring.Serving.Probing;
using static Scoring.Tests.Serving.Rollouts.RolloutHost;

namespace Scoring.Tests.Serving.Rollouts;

/// <summary>A candidate that a process died of as it loaded it.</summary>
public sealed class MarkedCandidateTests
{
    [Fact]
    public async Task Refresh_CandidateThatAProcessDiedOf_IsTriedAgainOnceThePointerMoved()
    {
        await using var rollouts = new RolloutHost();
        var host = await rollouts.ServeAsync(cache: "cache");
        await rollouts.Tool.StartAsync("m", Steps(rollouts.Time.GetUtcNow(), 30), CancellationToken.None);
        await LeaveMarkAsync(rollouts, host);
        await rollouts.RefreshAsync();
        await rollouts.RefreshAsync();
        Assert.Contains("died while loading version 2", (await CandidateAsync(host)).Reason, StringComparison.Ordinal);

        await rollouts.Tool.PauseAsync("m", CancellationToken.None);
        await rollouts.Tool.ResumeAsync("m", CancellationToken.None);
        await rollouts.RefreshAsync();

        var candidate = await CandidateAsync(host);
        Assert.Equal((null, 30.0), (candidate.Reason, candidate.Share));
    }

    // As a process would that died: the mark of one that has ended already.
    private static async Task LeaveMarkAsync(RolloutHost rollouts, CatalogHost host)
    {
        using var dead = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!;
        await dead.WaitForExitAsync();
        var content = (await host.Publisher.ContentHashAsync("m", "2", CancellationToken.None))!;
        var (tag, now) = ((await rollouts.Tool.ReadAsync("m", CancellationToken.None)).Tag, rollouts.Time.GetUtcNow());
        var folder = Directory.CreateDirectory(rollouts.Folder.PathTo("cache", "loading", content)).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "mark.json"), new LoadMarker("m", "2", content, Environment.MachineName, dead.Id, now.AddMinutes(-1), now, tag).ToJson());
    }
}
