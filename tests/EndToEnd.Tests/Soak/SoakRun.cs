using System.Globalization;
using Azure.Storage.Blobs;
using Scoring.Repository;
using TestCommon;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Soak;

/// <summary>A soak of either head, in full or in short.</summary>
internal static class SoakRun
{
    /// <summary>An environment variable: the minutes of a full soak, where they are not to be twenty.</summary>
    public const string Minutes = "SCORING_SOAK_MINUTES";

    private const int Windows = 40;

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>What the app is told beside where its storage is.</summary>
    /// <param name="folder">Of the test.</param>
    public static (string Name, string Value)[] Settings(TemporaryFolder folder)
    {
        // The shell of the tests may have set another: what the process makes for a while is counted here.
        Directory.CreateDirectory(folder.PathTo("scratch"));
        return
        [
            ("TMPDIR", folder.PathTo("scratch")),
            ("Scoring__CacheDirectory", folder.PathTo("cache")),
            ("Scoring__MaxVersionsOnDemand", $"{SoakLoad.NamedVersions / 2}"),
            ("Scoring__Preload", "m,loop"),
            ("Scoring__RefreshInterval", "00:00:00.5"),
        ];
    }

    /// <summary>Loads the app, and checks that every answer was right, that every job ended and, in full, that nothing grew.</summary>
    /// <param name="name">Of the head.</param>
    /// <param name="head">Serves what <see cref="SoakLoad.PublishAsync"/> published, and is warm.</param>
    /// <param name="processId">Of its process.</param>
    /// <param name="connectionString">Of its storage.</param>
    /// <param name="folder">As in <see cref="Settings"/>.</param>
    /// <param name="isFull">Whether it takes its twenty minutes.</param>
    /// <param name="output">Is told the figures.</param>
    public static async Task HoldAsync(string name, ISoakHead head, int processId, string connectionString, TemporaryFolder folder, bool isFull, ITestOutputHelper output)
    {
        var duration = !isFull ? Short : TimeSpan.FromMinutes(double.Parse(Environment.GetEnvironmentVariable(Minutes) ?? "20", CultureInfo.InvariantCulture));
        var publisher = new PackagePublisher(PackageRepository.Open(null, StorageConnection.OfConnectionString(connectionString)));
        var load = new SoakLoad(head, publisher, new SoakProcess(processId, folder.PathTo("scratch"), folder.PathTo("cache")));
        var windows = await load.RunAsync(duration, isFull ? Windows : 1);

        var report = isFull ? new SoakReport(windows) : null;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}, {duration.TotalMinutes:0.##} minutes: {string.Join(", ", load.Acts.Select(kind => $"{kind.Value} {kind.Key}"))}{(report is null ? "" : $"; {report}")}"));
        Assert.True(load.Failures.Count == 0, $"{load.Failures.Count} failures: {string.Join(" | ", load.Failures.Distinct().Take(5))}");
        Assert.All(load.Acts, kind => Assert.True(kind.Value > 0, $"There were no {kind.Key}."));
        await JobsEndedAsync(load, connectionString);
        Assert.Empty(report?.Grown() ?? []);
    }

    // Each has one line for each of its rows.
    private static async Task JobsEndedAsync(SoakLoad load, string connectionString)
    {
        using var limit = new CancellationTokenSource(Longest);
        foreach (var job in load.Jobs)
        {
            var blob = new BlobClient(connectionString, "scores", $"{job}.jsonl");
            while (!await blob.ExistsAsync(limit.Token))
            {
                await Task.Delay(50, limit.Token);
            }

            var lines = (await blob.DownloadContentAsync(limit.Token)).Value.Content.ToString().Trim().Split('\n');
            Assert.Equal((SoakLoad.RowsOfAJob, true), (lines.Length, lines[^1].Contains("error", StringComparison.Ordinal)));
        }
    }
}
