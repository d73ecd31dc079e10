using System.Net;
using System.Text.Json;
using TestCommon;

namespace EndToEnd.Tests.Life;

/// <summary>Versions that would end or hold the app, published while it answers requests.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task Publish_CrashOnLoadUnderLoad_NoRequestFailsAndTheSignalShows()
    {
        await using var app = await OffsetApp.StartAsync();
        await RefusedUnderLoadAsync(app, NativeHazard.WriteCrashOnLoad(app.Folder("2")), "crash", "SIGFPE");
    }

    [Fact]
    public async Task Publish_HangUnderLoad_NoRequestFailsAndTheLimitShows()
    {
        await using var app = await OffsetApp.StartAsync(("Scoring__ProbeTimeout", "00:00:05"));
        await RefusedUnderLoadAsync(app, NativeHazard.WriteHang(app.Folder("2")), "timeout", "00:00:05");
    }

    [Fact]
    public async Task Start_ProcessDiedWhileLoading_ServesTheLastGoodVersionAndSaysWhy()
    {
        // Without probes the crash meets the app itself.
        await using var app = await OffsetApp.StartAsync(("Scoring__Probe", "Never"));
        await app.PublishAsync(NativeHazard.WriteCrashOnLoad(app.Folder("2")));
        await app.App.EndedAsync();

        await app.RestartAsync();

        Assert.Equal((HttpStatusCode.OK, "1", 6.0), await app.ScoreAsync(5));
        var description = await app.DescribedAsync(d => d.GetProperty("refused").ValueKind == JsonValueKind.Object);
        Assert.Equal("2", description.GetProperty("liveVersion").GetString());
        Assert.Equal("marker", description.GetProperty("refused").GetProperty("kind").GetString());
        Assert.Contains("died while loading version 2", description.GetProperty("remark").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_RequestThatKillsTheProcess_TheNextProcessServesAgain()
    {
        await using var app = await OffsetApp.StartAsync();
        await app.PublishAsync(NativeHazard.WriteCrashOn(app.Folder("2"), deadly: 7));
        await app.DescribedAsync(d => d.GetProperty("version").GetString() == "2");
        Assert.Equal(HttpStatusCode.OK, (await app.ScoreAsync(5)).Status);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => app.ScoreAsync(7));
        await app.App.EndedAsync();

        // No probe can know of it: the host starts another process, and the operator rolls back.
        await app.RestartAsync();
        Assert.Equal("2", (await app.ScoreAsync(5)).Version);
        await app.Publisher.RollBackAsync("m", CancellationToken.None);
        await app.DescribedAsync(d => d.GetProperty("version").GetString() == "1");
        Assert.Equal((HttpStatusCode.OK, "1", 8.0), await app.ScoreAsync(7));
    }

    private static async Task RefusedUnderLoadAsync(OffsetApp app, string package, string kind, string reason)
    {
        await using var load = new SteadyLoad(app, connections: 8);
        await app.PublishAsync(package);
        var refused = (await app.DescribedAsync(d => d.GetProperty("refused").ValueKind == JsonValueKind.Object)).GetProperty("refused");

        var answers = await load.StopAsync();
        Assert.Equal(kind, refused.GetProperty("kind").GetString());
        Assert.Equal("2", refused.GetProperty("version").GetString());
        Assert.Contains(reason, refused.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(answers);
        Assert.All(answers, a => Assert.True(a is { IsConsistent: true, Version: "1" }, $"{a}"));
    }
}
