using Microsoft.Extensions.Time.Testing;
using Scoring.Repository;
using Scoring.Serving.Rollouts;
using TestCommon;

namespace Scoring.Tests.Serving.Rollouts;

/// <summary>A folder of models with versions 1, live, and 2 of the model m, the processes that serve it, and the tool that rolls out.</summary>
internal sealed class RolloutHost : IAsyncDisposable
{
    private readonly List<CatalogHost> hosts = [];

    public RolloutHost()
    {
        Time.SetUtcNow(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));
        OffsetModel.Write(PathTo("m", "1"), 1);
        OffsetModel.Write(PathTo("m", "2"), 2);
        File.WriteAllText(PathTo("m", "live.json"), """{"version":"1"}""");
        Tool = new RolloutPublisher(PackageRepository.Open(PathTo(), new StorageConnection(new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build())), Time);
    }

    public TemporaryFolder Folder { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public RolloutPublisher Tool { get; }

    public static Rollout Steps(DateTimeOffset start, params double[] steps) => Rollout.Create([new RolloutArm("2", steps)], TimeSpan.FromMinutes(10), start);

    /// <summary>A path in the repository.</summary>
    public string PathTo(params string[] parts) => Folder.PathTo(["repository", .. parts]);

    /// <summary>Starts a process that serves version 1, and follows the rollout that it finds.</summary>
    public async Task<CatalogHost> ServeAsync(Action<ScoringOptions>? configure = null, TimeProvider? time = null, string? cache = null, string? storage = null)
    {
        var host = new CatalogHost(PathTo(), Folder.PathTo(cache ?? $"cache-{hosts.Count}"), storage, options =>
        {
            options.Probe = ProbePolicy.Never;
            configure?.Invoke(options);
        }, time ?? Time);
        hosts.Add(host);
        await host.ScoreAsync(1);

        // It begins that beside its first answer, and a refresh while it is at it does nothing.
        if ((await File.ReadAllTextAsync(PathTo("m", "live.json"))).Contains("\"rollout\"", StringComparison.Ordinal))
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while ((await host.Catalog.DescribeAsync("m", limit.Token)).Rollout is null)
            {
                await Task.Delay(5, limit.Token);
            }
        }

        return host;
    }

    /// <summary>Starts a rollout of version 2, and has the processes read the pointer.</summary>
    public async Task<Rollout> BeginAsync(params double[] steps)
    {
        var rollout = Steps(Time.GetUtcNow(), steps);
        await Tool.StartAsync("m", rollout, CancellationToken.None);
        await RefreshAsync();
        return rollout;
    }

    public Task RefreshAsync() => Task.WhenAll(hosts.Select(host => host.Catalog.RefreshAsync(CancellationToken.None)));

    /// <summary>Deals out a request without a version; the version that has it.</summary>
    public static async Task<string> AskAsync(CatalogHost host, string subject = "", string code = "ok", TimeSpan duration = default)
    {
        using var live = await host.Catalog.LeaseForRequestAsync("m", null, CancellationToken.None);
        if (!live.HasRollout)
        {
            return live.Model.Package.Version;
        }

        var routed = live.Deal(System.Text.Encoding.UTF8.GetBytes(subject))!;
        using var candidate = routed.Lease();
        routed.Completed(code, duration, TimeSpan.FromSeconds(10));
        return candidate.IsEmpty ? "1" : candidate.Model.Package.Version;
    }

    /// <summary>How many of a thousand visitors version 2 has.</summary>
    public static async Task<int> AskThousandAsync(CatalogHost host)
    {
        var count = 0;
        for (var visitor = 0; visitor < 1_000; visitor++)
        {
            count += await AskAsync(host, $"visitor-{visitor}") == "2" ? 1 : 0;
        }

        return count;
    }

    /// <summary>Fails requests until version 2 is braked there.</summary>
    public static async Task FailUntilBrakedAsync(CatalogHost host)
    {
        for (var visitor = 0; visitor < 10_000 && (await CandidateAsync(host)).Braked is null; visitor++)
        {
            var subject = $"failing-{visitor}";
            await AskAsync(host, subject, await AskAsync(host, subject) == "2" ? "inference_failed" : "ok");
        }
    }

    public static async Task<Scoring.Serving.CandidateStatus> CandidateAsync(CatalogHost host) =>
        (await host.Catalog.DescribeAsync("m", CancellationToken.None)).Rollout!.Versions[0];

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }

        Folder.Dispose();
    }
}
