using Scoring.Repository;
using Scoring.Serving;
using TestCommon;
using static Scoring.Tests.Serving.Rollouts.RolloutHost;

namespace Scoring.Tests.Serving.Rollouts;

/// <summary>A process follows a rollout: which version has which request, and what becomes of the candidate.</summary>
public sealed class RolloutServingTests : IAsyncDisposable
{
    private readonly RolloutHost rollouts = new();

    public ValueTask DisposeAsync() => rollouts.DisposeAsync();

    [Fact]
    public async Task Deal_StepByStep_TheShareGrowsByTheClockAndNobodyGoesBack()
    {
        var host = await rollouts.ServeAsync();
        await rollouts.BeginAsync(1, 10, 50, 100);
        var before = new HashSet<string>();
        foreach (var (share, spread) in new[] { (1, 1), (10, 4), (50, 8), (100, 0) })
        {
            var now = new HashSet<string>();
            for (var visitor = 0; visitor < 1_000; visitor++)
            {
                if (await AskAsync(host, $"visitor-{visitor}") == "2")
                {
                    now.Add($"visitor-{visitor}");
                }
            }

            // About five standard deviations of what a lot gives.
            Assert.InRange(now.Count / 10.0, share - spread, share + spread);
            Assert.ProperSuperset(before, now);
            before = now;
            rollouts.Time.Advance(TimeSpan.FromMinutes(10));
        }
    }

    [Fact]
    public async Task Deal_WithoutASubject_EachRequestIsDealtByItself()
    {
        var host = await rollouts.ServeAsync();
        await rollouts.BeginAsync(50);
        var candidates = 0;
        for (var request = 0; request < 1_000; request++)
        {
            candidates += await AskAsync(host) == "2" ? 1 : 0;
        }

        // Six standard deviations.
        Assert.InRange(candidates, 405, 595);
    }

    [Fact]
    public async Task Lease_VersionNamedOrJobPlanned_IsUntouched()
    {
        var host = await rollouts.ServeAsync();
        await rollouts.BeginAsync(100);

        Assert.Equal("2", await AskAsync(host));
        Assert.Equal("1", (await host.ScoreAsync(1)).Version);
        Assert.Equal("1", (await host.ScoreAsync(1, version: "1")).Version);
        Assert.Equal("2", (await host.ScoreAsync(1, version: "2")).Version);
        Assert.Equal(2, host.Sessions);
    }

    [Fact]
    public async Task Refresh_RolloutBeginsPausesAndGoesOn_TheLiveVersionIsNotLoadedAgain()
    {
        var host = await rollouts.ServeAsync();
        await rollouts.BeginAsync(1, 100);
        await rollouts.Tool.PauseAsync("m", CancellationToken.None);
        rollouts.Time.Advance(TimeSpan.FromHours(5));
        await rollouts.RefreshAsync();

        Assert.Equal((RolloutState.Paused, 1.0), (await StatusAsync(host), (await CandidateAsync(host)).Share));

        await rollouts.Tool.ResumeAsync("m", CancellationToken.None);
        await rollouts.RefreshAsync();
        Assert.Equal((RolloutState.Running, 1.0), (await StatusAsync(host), (await CandidateAsync(host)).Share));
        rollouts.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal((RolloutState.AtLastStep, 100.0), (await StatusAsync(host), (await CandidateAsync(host)).Share));
        Assert.Equal(2, host.Sessions);
    }

    [Fact]
    public async Task Finish_TheCandidateIsLiveWithoutBeingLoadedAgain()
    {
        var host = await rollouts.ServeAsync();
        await rollouts.BeginAsync(50);
        var before = host.Loaded.Of("m").Single(version => version.Package.Version == "1");
        await rollouts.Tool.FinishAsync("m", null, CancellationToken.None);
        await rollouts.RefreshAsync();
        await before.Disposed;

        Assert.Equal("2", (await host.ScoreAsync(1)).Version);
        Assert.Equal(2, host.Sessions);
        var status = await host.Catalog.DescribeAsync("m", CancellationToken.None);
        Assert.Null(status.Rollout);
        Assert.Equal(["2"], status.Loaded);
        Assert.Equal(("2", "1"), await BackAsync());
    }

    [Fact]
    public async Task Abort_TheLiveVersionHasAllAndTheCandidateIsUnloaded()
    {
        var host = await rollouts.ServeAsync();
        await rollouts.BeginAsync(100);
        Assert.Equal("2", await AskAsync(host));
        var candidate = host.Loaded.Of("m").Single(version => version.Package.Version == "2");

        await rollouts.Tool.AbortAsync("m", CancellationToken.None);
        await rollouts.RefreshAsync();
        await candidate.Disposed;

        Assert.Equal("1", await AskAsync(host));
        Assert.Equal(["1"], (await host.Catalog.DescribeAsync("m", CancellationToken.None)).Loaded);
    }

    [Fact]
    public async Task Publish_AnotherVersionDuringARollout_EndsIt()
    {
        var host = await rollouts.ServeAsync();
        await rollouts.BeginAsync(100);
        await host.Publisher.PublishAsync(OffsetModel.Write(rollouts.Folder.PathTo("v3"), 3), "m", null, makeLive: true, CancellationToken.None);
        await rollouts.RefreshAsync();

        Assert.Equal("3", await AskAsync(host));
        Assert.Null((await host.Catalog.DescribeAsync("m", CancellationToken.None)).Rollout);
    }

    [Fact]
    public async Task RollBack_DuringARollout_IsRefusedWithWhatToDo()
    {
        var host = await rollouts.ServeAsync();
        await rollouts.BeginAsync(50);

        var refused = await Assert.ThrowsAsync<RolloutException>(() => host.Publisher.RollBackAsync("m", CancellationToken.None));

        Assert.Contains("model rollout abort m", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_CandidateThatDoesNotLoad_HasNoShareAndTheReasonShows()
    {
        File.WriteAllText(rollouts.PathTo("m", "2", "model.onnx"), "garbage");
        var host = await rollouts.ServeAsync();
        await rollouts.BeginAsync(100);

        Assert.Equal("1", await AskAsync(host));
        var candidate = await CandidateAsync(host);
        Assert.Equal(0, candidate.Share);
        Assert.Contains("refuses the model", candidate.Reason, StringComparison.Ordinal);

        OffsetModel.Write(rollouts.PathTo("m", "2"), 2);
        await rollouts.RefreshAsync();
        Assert.Equal("2", await AskAsync(host));
    }

    [Fact]
    public async Task Refresh_CandidateThatItsGoldenCasesRefuse_HasNoShare()
    {
        OffsetModel.Write(rollouts.PathTo("m", "2"), 2, goldenError: 1);
        var host = await rollouts.ServeAsync(options => options.Probe = ProbePolicy.WhenPossible);
        await rollouts.BeginAsync(100);

        Assert.Equal("1", await AskAsync(host));
        Assert.Contains("one and a half", (await CandidateAsync(host)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_CandidateThatIsNotWarmedUp_TheStatusSaysSo()
    {
        // At this x the model asks for little memory, at zero for more than anybody has. A float of this size is answered to some thousands.
        const double Cheap = -((1L << 40) - (1L << 17));
        var package = NativeHazard.WriteMemoryHog(rollouts.PathTo("m", "2"), 1L << 42);
        File.WriteAllText(Path.Combine(package, "golden.json"), FormattableString.Invariant($$"""{"tolerance":1e6,"cases":[{"instance":{"x":{{Cheap}} },"prediction":{"value":{{Cheap}} } }]}"""));
        var host = await rollouts.ServeAsync();
        await rollouts.BeginAsync(1);

        Assert.Contains("Not warmed up, since a run on made-up rows fails: ", (await CandidateAsync(host)).Warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_NoRoomForTheCandidate_HasNoShareUntilThereIs()
    {
        OffsetModel.Write(rollouts.PathTo("m", "1"), 1, 4 << 20);
        OffsetModel.Write(rollouts.PathTo("m", "2"), 2, 4 << 20);
        var host = await rollouts.ServeAsync(options => options.MemoryBudgetBytes = 13L << 20);
        await rollouts.BeginAsync(100);

        Assert.Equal("1", await AskAsync(host));
        Assert.Contains("memory budget", (await CandidateAsync(host)).Reason, StringComparison.Ordinal);
        Assert.Equal("1", (await host.ScoreAsync(1)).Version);
    }

    [Fact]
    public async Task Lease_NewProcessDuringARollout_AnswersAtOnceAndThenHasTheCandidateToo()
    {
        await rollouts.BeginAsync(100);
        var host = await rollouts.ServeAsync();

        await rollouts.RefreshAsync();
        while (await AskAsync(host) != "2")
        {
            // The load that the first request began may still go on.
            await rollouts.RefreshAsync();
        }

        Assert.Equal(2, host.Sessions);
    }

    [Fact]
    public async Task Deal_Weights_DividesTheRequestsWithoutAnEnd()
    {
        OffsetModel.Write(rollouts.PathTo("m", "3"), 3);
        var host = await rollouts.ServeAsync();
        await rollouts.Tool.StartAsync("m", Rollout.Create([new RolloutArm("2", [20]), new RolloutArm("3", [30])], TimeSpan.Zero, rollouts.Time.GetUtcNow()), CancellationToken.None);
        await rollouts.RefreshAsync();
        rollouts.Time.Advance(TimeSpan.FromDays(90));

        var versions = new List<string>();
        for (var visitor = 0; visitor < 1_000; visitor++)
        {
            versions.Add(await AskAsync(host, $"visitor-{visitor}"));
        }

        Assert.Equal(RolloutState.Endless, await StatusAsync(host));
        Assert.InRange(versions.Count(version => version == "2"), 130, 270);
        Assert.InRange(versions.Count(version => version == "3"), 220, 380);
    }

    [Fact]
    public async Task Deal_ClocksAMinuteApart_ShareDiffersForThatMinuteAlone()
    {
        var ahead = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(rollouts.Time.GetUtcNow().AddMinutes(1));
        var (first, second) = (await rollouts.ServeAsync(), await rollouts.ServeAsync(time: ahead));
        await rollouts.BeginAsync(10, 50);
        rollouts.Time.Advance(TimeSpan.FromSeconds(570));
        ahead.Advance(TimeSpan.FromSeconds(570));

        Assert.Equal((10.0, 50.0), ((await CandidateAsync(first)).Share, (await CandidateAsync(second)).Share));
        rollouts.Time.Advance(TimeSpan.FromMinutes(1));
        ahead.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((50.0, 50.0), ((await CandidateAsync(first)).Share, (await CandidateAsync(second)).Share));
        Assert.Equal(await AskThousandAsync(first), await AskThousandAsync(second));
    }

    [Fact]
    public async Task Deal_ClockBehindTheStart_TheLiveVersionHasAll()
    {
        var behind = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(rollouts.Time.GetUtcNow().AddMinutes(-1));
        var host = await rollouts.ServeAsync(time: behind);
        await rollouts.BeginAsync(100);

        Assert.Equal("1", await AskAsync(host));
        behind.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("2", await AskAsync(host));
    }

    [Fact]
    public async Task Start_LiveOrUnknownVersion_IsRefusedWithTheReason()
    {
        await Assert.ThrowsAsync<RolloutException>(() => rollouts.Tool.StartAsync("m", Rollout.Create([new RolloutArm("1", [10])], TimeSpan.Zero, rollouts.Time.GetUtcNow()), CancellationToken.None));
        var missing = await Assert.ThrowsAsync<ScoringException>(() => rollouts.Tool.StartAsync("m", Rollout.Create([new RolloutArm("9", [10])], TimeSpan.Zero, rollouts.Time.GetUtcNow()), CancellationToken.None));

        Assert.Equal(ErrorCode.VersionNotFound, missing.Code);
    }

    [Fact]
    public async Task TryLease_NoRolloutUnderWay_AllocatesNothing()
    {
        var host = await rollouts.ServeAsync();
        Lease();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var request = 0; request < 1_000; request++)
        {
            Lease();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Lease()
        {
            var leased = host.Catalog.LeaseForRequestAsync("m", null, CancellationToken.None);
            using var lease = leased.Result;
            Assert.False(lease.HasRollout);
        }
    }

    private static async Task<RolloutState> StatusAsync(CatalogHost host) => (await host.Catalog.DescribeAsync("m", CancellationToken.None)).Rollout!.State;

    private async Task<(string? From, string To)> BackAsync()
    {
        var change = await new PackagePublisher(PackageRepository.Open(rollouts.PathTo(), new StorageConnection(new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build()))).RollBackAsync("m", CancellationToken.None);
        return (change.From, change.To);
    }
}
