using System.Net;
using TestCommon;

namespace EndToEnd.Tests.Life;

/// <summary>Processes that start, end and share a disk while models load.</summary>
public sealed class ProcessTests
{
    [Fact]
    public async Task Start_TwoProcessesOnOneEmptyCache_BothServe()
    {
        await using var first = await OffsetApp.StartAsync();
        await first.App.StopAsync();
        Directory.Delete(first.CacheDirectory, recursive: true);
        (string, string)[] settings = [("Scoring__Preload", "m"), ("Scoring__CacheDirectory", first.CacheDirectory)];

        var apps = await Task.WhenAll(RunningApp.StartAsync(first.Storage, settings), RunningApp.StartAsync(first.Storage, settings));

        foreach (var app in apps)
        {
            await app.WaitAsync("v2/health/ready");
            using var answer = await app.PostAsync("api/score/m", """{"instances":[{"x":1}]}""");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            await app.DisposeAsync();
        }

        Assert.Single(Directory.GetDirectories(Path.Combine(first.CacheDirectory, "packages")));
    }

    [Fact]
    public async Task Stop_DuringAProbe_EndsCleanAndLeavesNoProcessOrMark()
    {
        await using var app = await OffsetApp.StartAsync();
        await app.PublishAsync(NativeHazard.WriteHang(app.Folder("2")));
        using var probe = await ProbeOfAsync(app.App.ProcessId);

        Assert.Equal(0, await app.App.StopAsync());

        await probe.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Empty(MarksIn(app.CacheDirectory));
        await app.RestartAsync();
        Assert.Equal("1", (await app.ScoreAsync(1)).Version);
    }

    [Fact]
    public async Task Kill_DuringAProbe_TheProbeEndsWithItsParent()
    {
        await using var app = await OffsetApp.StartAsync();
        await app.PublishAsync(NativeHazard.WriteHang(app.Folder("2")));
        using var probe = await ProbeOfAsync(app.App.ProcessId);

        await app.App.KillAsync();

        await probe.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Publish_WhileTheProbeRuns_ItsPriorityIsLowerThanTheApps()
    {
        await using var app = await OffsetApp.StartAsync();
        await app.PublishAsync(NativeHazard.WriteHang(app.Folder("2")));
        using var probe = await ProbeOfAsync(app.App.ProcessId);

        Assert.True(Nice(probe.Id) > Nice(app.App.ProcessId));
    }

    private static IEnumerable<string> MarksIn(string cache)
    {
        var folder = Path.Combine(cache, "loading");
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories) : [];
    }

    private static async Task<System.Diagnostics.Process> ProbeOfAsync(int parent)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            foreach (var process in System.Diagnostics.Process.GetProcesses())
            {
                if (IsProbeOf(process.Id, parent))
                {
                    return process;
                }
            }

            await Task.Delay(20, limit.Token);
        }
    }

    // A program of its own; or the app, where that is one native file.
    private static bool IsProbe(string commandLine) =>
        commandLine.Contains("Scoring.Probe", StringComparison.Ordinal) || commandLine.Contains("\0probe\0", StringComparison.Ordinal);

    private static bool IsProbeOf(int process, int parent)
    {
        try
        {
            return Status(process)[1] == parent.ToString(System.Globalization.CultureInfo.InvariantCulture)
                && IsProbe(File.ReadAllText($"/proc/{process}/cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static int Nice(int process) => int.Parse(Status(process)[16], System.Globalization.CultureInfo.InvariantCulture);

    // What follows PID (COMMAND): state, parent, … nice value as the 17th.
    private static string[] Status(int process)
    {
        var status = File.ReadAllText($"/proc/{process}/stat");
        return status[(status.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}
