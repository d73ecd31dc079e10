using Scoring.Repository;
using Scoring.Serving.Rollouts;
using TestCommon;

namespace Scoring.Tests.Tooling;

/// <summary>A model's history as a person reads it.</summary>
public sealed class LogToolTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Log_OfAModel_ShowsTheNewestFirstWithReasons()
    {
        var repository = folder.PathTo("repository");
        await ToolRun.Of("publish", OffsetModel.Write(folder.PathTo("one"), 1), "--name", "m", "--no-check", "--by", "ann", "--why", "the first", "--repository", repository);
        await ToolRun.Of("publish", OffsetModel.Write(folder.PathTo("two"), 2), "--name", "m", "--no-check", "--by", "bob", "--repository", repository);
        await ToolRun.Of("rollback", "m", "--by", "cem", "--why", "worse than before", "--repository", repository);

        var shown = await ToolRun.Of("log", "m", "--plain", "--repository", repository);
        var json = await ToolRun.Of("log", "m", "--json", "--repository", repository);
        var nothing = await ToolRun.Of("log", "other", "--repository", repository);

        var rows = shown.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join('|', line.TrimEnd('\r').Split('\t').Skip(1))).ToArray();
        Assert.Equal(
            ["what|version|before|by|key|why", "rolled back|1|2|cem||worse than before", "live|2|1|bob||", "published|2||bob||", "live|1||ann||the first", "published|1||ann||the first"], rows);
        Assert.Equal("worse than before", json.Json.GetProperty("history")[0].GetProperty("why").GetString());
        Assert.Equal((1, true), (nothing.ExitCode, nothing.Errors.Contains("holds no history of 'other'", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Log_OfARolloutThatAnInstanceBraked_ShowsWhoDidWhatAndWhy()
    {
        var repository = folder.PathTo("repository");
        OffsetModel.Write(folder.PathTo("repository", "m", "1"), 1);
        OffsetModel.Write(folder.PathTo("repository", "m", "2"), 2);
        await File.WriteAllTextAsync(folder.PathTo("repository", "m", "live.json"), """{"version":"1"}""");
        await ToolRun.Of("rollout", "m", "2", "--steps", "10%,50%", "--every", "10m", "--by", "ann", "--repository", repository);
        var id = LivePointer.Parse(await File.ReadAllBytesAsync(folder.PathTo("repository", "m", "live.json")), "live.json").Rollout!.Id;
        var brake = new RolloutBrake("m", id, "2", BrakeReason.Errors, "7 of its 20 requests failed", DateTimeOffset.UtcNow, "host-3");
        Directory.CreateDirectory(folder.PathTo("repository", ".verdicts", "rollouts", "m"));
        await File.WriteAllBytesAsync(Path.Combine(repository, ".verdicts", brake.Path), brake.ToJson());
        await ToolRun.Of("rollout", "abort", "m", "--by", "bob", "--why", "mended in 3", "--repository", repository);

        var shown = await ToolRun.Of("log", "m", "--plain", "--repository", repository);

        var rows = shown.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => string.Join('|', line.TrimEnd('\r').Split('\t').Skip(1))).ToArray();
        Assert.Equal(
            ["rollout aborted|2||bob||mended in 3", "braked|2||brake on host-3||errors: 7 of its 20 requests failed", "rollout started|2||ann||10% 50%, 00:10:00 each"], rows);
    }
}
