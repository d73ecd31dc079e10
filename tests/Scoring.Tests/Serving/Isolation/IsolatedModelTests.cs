using Scoring.Inference;
using Scoring.Serving;
using Scoring.Serving.Isolation;
using Scoring.Telemetry;
using TestCommon;

namespace Scoring.Tests.Serving.Isolation;

/// <summary>Models in processes of their own that really die. The process is the real executable.</summary>
public sealed class IsolatedModelTests : IDisposable
{
    // Events of the log.
    private const int Loaded = 2020;
    private const int GivenUp = 2112;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Score_IsolationInModelJson_AnswersFromAProcessOfItsOwnThatEndsWithTheModel()
    {
        await using var host = await ServingAsync(Crashing("v1"));
        var process = await ProcessAsync(host);
        using var system = System.Diagnostics.Process.GetProcessById(process.Current!.ProcessId);

        Assert.Equal(("1", 5.0), await host.ScoreAsync(5));
        Assert.NotEqual(Environment.ProcessId, process.Current.ProcessId);
        Assert.InRange(host.Loaded.UsedBytes, process.Current.MemoryBytes / 2, long.MaxValue);
        Assert.InRange(process.Current.MemoryBytes, 10 << 20, long.MaxValue);

        await host.DisposeAsync();
        Assert.True(system.WaitForExit(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Score_DeadlyRequest_FailsAloneAndTheProcessIsBack()
    {
        await using var host = await ServingAsync(Crashing("v1"));
        var process = await ProcessAsync(host);

        var failure = await Assert.ThrowsAsync<ModelProcessException>(() => host.ScoreAsync(7));

        Assert.Equal(ErrorCode.InferenceFailed, failure.Code);
        Assert.Contains("died of SIGFPE (exit code 136) during this run", failure.Message, StringComparison.Ordinal);
        Assert.Equal(("1", 5.0), await host.ScoreAsync(5));
        Assert.Equal(1, process.Restarts);
        var deaths = Assert.Single(host.Get<ScoringMetrics>().AllSeries.OfType<CounterSeries>(), series => series.Name == MetricNames.ModelProcessDeaths);
        Assert.Equal((1, "m", "1", "crash"), (deaths.Total, deaths["model"], deaths["version"], deaths["reason"]));
    }

    [Fact]
    public async Task Refresh_AnotherVersionGoesLive_TheOldProcessEndsAndTheNewOneAnswers()
    {
        await using var host = await ServingAsync(Crashing("v1"));
        var old = await ProcessAsync(host);
        using var system = System.Diagnostics.Process.GetProcessById(old.Current!.ProcessId);

        await PublishAsync(host, NativeHazard.Isolate(OffsetModel.Write(folder.PathTo("v2"), 2)));
        await host.Catalog.RefreshAsync(CancellationToken.None);

        Assert.Equal(("2", 7.0), await host.ScoreAsync(5));
        Assert.True(system.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.Equal(0, old.Restarts);
        Assert.DoesNotContain(host.Get<ScoringMetrics>().AllSeries, series => series.Name == MetricNames.ModelProcessDeaths);
    }

    [Fact]
    public async Task Lease_NoRoomBesideAnIsolatedModel_ItsProcessEnds()
    {
        await using var host = await ServingAsync(Crashing("v1"), options => options.MemoryBudgetBytes = 130L << 20);
        using var system = System.Diagnostics.Process.GetProcessById((await ProcessAsync(host)).Current!.ProcessId);

        // Counts with 64 MiB, and the process with some 80.
        OffsetModel.Write(folder.PathTo("repository", "large", "1"), 1, weightBytes: 40 << 20);

        Assert.Equal(("1", 6.0), await host.ScoreAsync(5, "large"));

        Assert.Empty(host.Loaded.Of("m"));
        Assert.True(system.WaitForExit(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Score_ThreeDeathsInAMinute_TheLastGoodVersionAnswersUntilTheOtherIsLiveAgain()
    {
        await using var host = await ServingAsync(OffsetModel.Write(folder.PathTo("v1"), 1));
        await PublishAsync(host, Crashing("v2"));
        await host.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal(("2", 5.0), await host.ScoreAsync(5));

        await DieAsync(host);

        Assert.Equal(("1", 6.0), await host.ScoreAsync(5));
        await host.Catalog.RefreshAsync(CancellationToken.None);
        var status = await host.Catalog.DescribeAsync("m", CancellationToken.None);
        Assert.Equal(("1", "2", RefusalKind.Crash), (status.Version, status.Refused?.Version, status.Refused?.Kind));
        Assert.Contains("died 3 times within a minute; the last one died of SIGFPE", status.Remark, StringComparison.Ordinal);

        await host.Publisher.GoLiveAsync("m", "2", CancellationToken.None);
        await host.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal(("2", 5.0), await host.ScoreAsync(5));
    }

    [Fact]
    public async Task Score_ThreeDeathsInAMinuteOfTheOnlyVersion_IsUnavailableAndSaysWhy()
    {
        await using var host = await ServingAsync(Crashing("v1"));
        var dying = host.Loaded.Of("m")[0];

        await DieAsync(host);

        var failure = await Assert.ThrowsAsync<ScoringException>(() => host.ScoreAsync(5));
        Assert.Equal(ErrorCode.ModelUnavailable, failure.Code);
        Assert.Contains("died 3 times within a minute", failure.Message, StringComparison.Ordinal);

        // What GET /v2/models/m/ready asks for, and what the lists show.
        Assert.Equal(ErrorCode.ModelUnavailable, (await Assert.ThrowsAsync<ScoringException>(() => host.Catalog.LeaseForRequestAsync("m", null, CancellationToken.None).AsTask())).Code);
        var status = await host.Catalog.DescribeAsync("m", CancellationToken.None);
        Assert.Equal((null, "1", RefusalKind.Crash), (status.Version, status.Refused?.Version, status.Refused?.Kind));
        await dying.Disposed.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Empty(host.Loaded.Of("m"));
        Assert.Equal(0, host.Loaded.UsedBytes);
    }

    [Fact]
    public async Task Score_WhileAVersionIsBeingGivenUp_WaitsForTheOneThatAnswersInItsPlace()
    {
        await using var host = await ServingAsync(OffsetModel.Write(folder.PathTo("v1"), 1));
        await PublishAsync(host, Crashing("v2"));
        await host.Catalog.RefreshAsync(CancellationToken.None);
        using var asked = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        host.Log.OnEvent = number =>
        {
            if (number == GivenUp)
            {
                begun.Set();
                asked.Wait(TimeSpan.FromMinutes(1));
            }
        };

        await DieAsync(host);
        Assert.True(begun.Wait(TimeSpan.FromMinutes(1)));
        var answer = host.ScoreAsync(5);
        asked.Set();

        Assert.Equal(("1", 6.0), await answer);
    }

    [Fact]
    public async Task Score_ProcessDiesThreeTimesBeforeItsVersionIsLive_IsUnavailableAndSaysWhy()
    {
        await using var host = new CatalogHost(folder.PathTo("repository"), folder.PathTo("cache"));
        await PublishAsync(host, Crashing("v1"));
        host.Log.OnEvent = number =>
        {
            // The process has the model, and the version is not made yet.
            if (number == Loaded)
            {
                KillUntilGivenUp(host.Log);
            }
        };

        var failure = await Assert.ThrowsAsync<ScoringException>(() => host.ScoreAsync(5).WaitAsync(TimeSpan.FromMinutes(1)));

        Assert.Equal(ErrorCode.ModelUnavailable, failure.Code);
        Assert.Contains("died 3 times within a minute", failure.Message, StringComparison.Ordinal);
    }

    private void KillUntilGivenUp(LogCounts log)
    {
        while (log.Count(GivenUp) == 0)
        {
            foreach (var process in System.Diagnostics.Process.GetProcesses())
            {
                using (process)
                {
                    var arguments = $"/proc/{process.Id}/cmdline";
                    if (File.Exists(arguments) && File.ReadAllText(arguments).Contains(folder.PathTo("cache"), StringComparison.Ordinal))
                    {
                        process.Kill();
                    }
                }
            }

            Thread.Sleep(TimeSpan.FromMilliseconds(50));
        }
    }

    private async Task<CatalogHost> ServingAsync(string package, Action<ScoringOptions>? configure = null)
    {
        var host = new CatalogHost(folder.PathTo("repository"), folder.PathTo("cache"), configure: configure);
        await PublishAsync(host, package);
        await host.ScoreAsync(5);
        return host;
    }

    private string Crashing(string name) => NativeHazard.Isolate(NativeHazard.WriteCrashOn(folder.PathTo(name), deadly: 7));

    // Each time the process is waited for, since whoever comes while it is down is told to come again.
    private static async Task DieAsync(CatalogHost host)
    {
        for (var death = 0; death < 3; death++)
        {
            await Assert.ThrowsAsync<ModelProcessException>(() => host.ScoreAsync(7));
        }
    }

    private static async Task<ModelProcess> ProcessAsync(CatalogHost host)
    {
        using var lease = await host.Catalog.LeaseAsync("m", null, CancellationToken.None);
        return Assert.IsType<IsolatedSession>(lease.Model.Session).Process;
    }

    private static async Task PublishAsync(CatalogHost host, string package) =>
        await host.Publisher.PublishAsync(package, "m", null, makeLive: true, CancellationToken.None);
}
