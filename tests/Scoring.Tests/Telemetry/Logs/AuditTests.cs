using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Telemetry;
using Scoring.Tests.Serving.Rollouts;
using Scoring.Tests.Telemetry.Insights;
using TestCommon;
using static TestCommon.Wire;

namespace Scoring.Tests.Telemetry.Logs;

/// <summary>Events of the audit: all of them arrive, with the fields that docs/identity.md names.</summary>
[Collection(nameof(SerialInsights))]
public sealed class AuditTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Events_FarMoreThanOtherLinesMay_AllArriveWithTheirFields()
    {
        await using var ingestion = new FakeIngestion();
        await using var host = await TelemetryHost.StartAsync(TelemetryHost.Settings(ingestion.ConnectionString), new FakeTimeProvider());
        host.Metrics.RequestCompleted("intent", "3", "ok", TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(50), 1);
        for (var i = 0; i < 200; i++)
        {
            host.Audit.Job(AuditLog.JobCancelled, "entra:someone", $"job-{i}", "intent");
        }

        host.Audit.Live("rolled_back", "ann@desk", "intent", "2", "3", "refuses sessions of November");
        await host.StopAsync();

        var events = ingestion.Items.Where(item => Type(item) == "MessageData" && Property(item, "CategoryName") == AuditLog.Category).ToArray();
        Assert.Equal(200, events.Count(item => Property(item, "action") == "job_cancelled"));
        Assert.Equal(("3030", "entra:someone", "job-7", "intent"), Fields(events.Single(item => Property(item, "job") == "job-7"), "EventId", "caller", "job", "model"));
        var live = events.Single(item => Property(item, "action") == "rolled_back");
        Assert.Equal(("3032", "ann@desk", "2", "3"), Fields(live, "EventId", "caller", "version", "from"));
        Assert.Equal("refuses sessions of November", Property(live, "why"));
    }

    [Fact]
    public async Task Live_VersionTakesAnothersPlace_TellsWhoMadeItLiveAndWhy()
    {
        var repository = new FolderPackageRepository(folder.PathTo("repository"));
        await new PackagePublisher(repository) { By = "ann" }.PublishAsync(OffsetModel.Write(folder.PathTo("one"), 1), "m", null, makeLive: true, CancellationToken.None);
        await new PackagePublisher(repository) { By = "bob", Why = "better" }.PublishAsync(OffsetModel.Write(folder.PathTo("two"), 2), "m", null, makeLive: true, CancellationToken.None);
        using var lines = new Lines();
        var time = new FakeTimeProvider();
        using var metrics = new ScoringMetrics(new ColdStartClock(time), time);
        var audit = new LiveAudit(repository, metrics, new AuditLog(lines), time);
        await audit.StartAsync(CancellationToken.None);

        metrics.ModelSwapped("m", "", "1");
        metrics.ModelSwapped("m", "1", "2");

        Assert.Equal("live by bob: model m version 2, before it 1: better", await lines.NextAsync());
    }

    [Fact]
    public async Task RolloutMoved_StartedPausedBrakedAndAborted_TellsWhoAndWhy()
    {
        await using var shop = new ShopRollout();
        using var lines = new Lines();
        var host = await shop.ServeAsync();
        var audit = new LiveAudit(new FolderPackageRepository(shop.Models), host.Get<ScoringMetrics>(), new AuditLog(lines), TimeProvider.System);
        await audit.StartAsync(CancellationToken.None);
        await shop.RefreshAsync();

        await shop.BeginAsync(10);
        Assert.StartsWith("rollout_started by ann: model shop version 2, before it 1: 10%", await lines.NextAsync(), StringComparison.Ordinal);

        await shop.Tool.PauseAsync("shop", CancellationToken.None);
        await shop.RefreshAsync();
        Assert.StartsWith("rollout_paused by ann: model shop version 2", await lines.NextAsync(), StringComparison.Ordinal);

        using (var live = await host.Catalog.LeaseForRequestAsync("shop", null, CancellationToken.None))
        {
            for (var visitor = 0; visitor < 1_000; visitor++)
            {
                var routed = live.Deal(System.Text.Encoding.UTF8.GetBytes($"{visitor}"))!;
                using var candidate = routed.Lease();
                routed.Completed(candidate.IsEmpty ? ScoringMetrics.Ok : "inference_failed", TimeSpan.Zero, TimeSpan.FromSeconds(1));
            }
        }

        Assert.StartsWith($"braked by brake on {Environment.MachineName}: model shop version 2, before it 1: errors:", await lines.NextAsync(), StringComparison.Ordinal);

        await shop.Tool.AbortAsync("shop", CancellationToken.None);
        await shop.RefreshAsync();
        Assert.StartsWith("rollout_aborted by ann: model shop version 2", await lines.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RolloutMoved_ProcessThatStartsDuringARollout_TellsNothingAnew()
    {
        await using var shop = new ShopRollout();
        await shop.Tool.StartAsync("shop", Rollout.Create([new RolloutArm("2", [10])], TimeSpan.Zero, shop.Time.GetUtcNow()), CancellationToken.None);
        var host = await shop.ServeAsync();
        var moves = new List<RolloutMove>();
        host.Get<ScoringMetrics>().RolloutMoved += moves.Add;

        await shop.RefreshAsync();
        while ((await host.Catalog.DescribeAsync("shop", CancellationToken.None)).Rollout is null)
        {
            // The load that the first request began may still go on.
            await shop.RefreshAsync();
        }

        await shop.RefreshAsync();
        Assert.Empty(moves);
    }

    [Theory]
    [InlineData("1", 0, true)]
    [InlineData("", 2, true)]
    [InlineData("", 0, false)]
    public async Task Published_VersionThatBeginsToAnswer_TellsWhoPublishedItUnlessItWasThereAtTheStart(string from, int minutes, bool isTold)
    {
        var repository = new FolderPackageRepository(folder.PathTo("repository"));
        await new PackagePublisher(repository) { By = "ann" }.PublishAsync(OffsetModel.Write(folder.PathTo("one"), 1), "m", null, makeLive: true, CancellationToken.None);
        await new PackagePublisher(repository) { By = "bob", Why = "better" }.PublishAsync(OffsetModel.Write(folder.PathTo("two"), 2), "m", null, makeLive: false, CancellationToken.None);
        using var lines = new Lines();
        var time = new FakeTimeProvider();
        using var metrics = new ScoringMetrics(new ColdStartClock(time), time);
        await new PublishAudit(repository, metrics, new AuditLog(lines), time).StartAsync(CancellationToken.None);
        time.Advance(TimeSpan.FromMinutes(minutes));

        metrics.ModelSwapped("m", from, "2");
        if (!isTold)
        {
            metrics.ModelSwapped("m", "2", "1");
        }

        var first = await lines.NextAsync();
        Assert.StartsWith(isTold ? "published by bob: model m version 2 at 20" : "published by ann: model m version 1 at 20", first, StringComparison.Ordinal);
        Assert.EndsWith(isTold ? ", key '': better" : ", key '': ", first, StringComparison.Ordinal);
    }

    private static (string?, string?, string?, string?) Fields(System.Text.Json.JsonElement item, string first, string second, string third, string fourth) =>
        (Property(item, first), Property(item, second), Property(item, third), Property(item, fourth));

    private sealed class Lines : ILoggerFactory, ILogger
    {
        private readonly System.Threading.Channels.Channel<string> written = System.Threading.Channels.Channel.CreateUnbounded<string>();

        /// <summary>The next line; the limit bounds a failure, not a speed.</summary>
        public Task<string> NextAsync() => written.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => written.Writer.TryWrite(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
