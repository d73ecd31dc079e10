using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Scoring.Repository;
using TestCommon;

namespace EndToEnd.Tests.Life;

/// <summary>Several processes over one storage, a model m whose version 1 is live, and visitors who ask all of them.</summary>
internal sealed class RolloutCluster : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly List<RunningApp> apps = [];
    private readonly Func<int, (string Name, string Value)[]> settings;
    private int visitors;
    private int started;

    private RolloutCluster(Azurite storage, Func<int, (string Name, string Value)[]> settings)
    {
        this.settings = settings;
        Storage = storage;
        var repository = PackageRepository.Open(null, StorageConnection.OfConnectionString(storage.ConnectionString));
        (Repository, Publisher, Tool) = (repository, new PackagePublisher(repository), new RolloutPublisher(repository, TimeProvider.System));
    }

    public Azurite Storage { get; }

    public IPackageRepository Repository { get; }

    public PackagePublisher Publisher { get; }

    public RolloutPublisher Tool { get; }

    public IReadOnlyList<RunningApp> Apps => apps;

    /// <param name="processes">How many.</param>
    /// <param name="settings">Settings of each process that is started, by its number from 0.</param>
    public static async Task<RolloutCluster> StartAsync(int processes, Func<int, (string Name, string Value)[]>? settings = null) =>
        await StartAsync(await Azurite.StartNewAsync(), processes, settings ?? (_ => []));

    /// <param name="storage">Started; the cluster disposes of it.</param>
    /// <param name="processes">How many.</param>
    /// <param name="settings">Settings of each process that is started, by its number from 0.</param>
    public static async Task<RolloutCluster> StartAsync(Azurite storage, int processes, Func<int, (string Name, string Value)[]> settings)
    {
        var cluster = new RolloutCluster(storage, settings);
        await cluster.PublishAsync("1", OffsetModel.Write(cluster.folder.PathTo("1"), 1), makeLive: true);
        for (var process = 0; process < processes; process++)
        {
            await cluster.AddAsync();
        }

        return cluster;
    }

    /// <summary>A package whose version answers x + offset, in a folder of its own.</summary>
    public string Package(int offset) => OffsetModel.Write(folder.PathTo($"package-{offset}"), offset);

    /// <summary>Publishes a version without making it live.</summary>
    /// <param name="version">Its number, which is its offset too unless <paramref name="offset"/> says otherwise.</param>
    /// <param name="offset">Added to x.</param>
    /// <param name="work">Needless work of every run.</param>
    /// <param name="max">The largest x that it takes; null for any.</param>
    public async Task OfferAsync(string version, int? offset = null, int work = 0, double? max = null)
    {
        var package = OffsetModel.Write(folder.PathTo(version), offset ?? int.Parse(version, CultureInfo.InvariantCulture), work: work);
        if (max is { } most)
        {
            var config = Path.Combine(package, "model.json");
            await File.WriteAllTextAsync(config, (await File.ReadAllTextAsync(config)).Replace("\"type\":\"number\"", $"\"type\":\"number\",\"max\":{most.ToString(CultureInfo.InvariantCulture)}", StringComparison.Ordinal));
        }

        await PublishAsync(version, package, makeLive: false);
    }

    /// <summary>Starts a rollout and waits until every process deals requests to the version.</summary>
    public Task<Rollout> BeginAsync(string version, TimeSpan every, double shadow, params double[] steps) =>
        BeginAsync("m", Rollout.Create([new RolloutArm(version, steps)], every, DateTimeOffset.UtcNow) with { Shadow = shadow });

    /// <inheritdoc cref="BeginAsync(string, TimeSpan, double, double[])"/>
    public async Task<Rollout> BeginAsync(string model, Rollout rollout)
    {
        await Tool.StartAsync(model, rollout, CancellationToken.None);
        foreach (var app in apps)
        {
            await UntilAsync(app, seen => seen?["id"]?.GetValue<string>() == rollout.Id && seen["versions"]![0]!["reason"] is null, model);
        }

        return rollout;
    }

    /// <summary>Asks every process as new visitors until one says that the version is braked, then waits until all do.</summary>
    public async Task<string> AskUntilBrakedAsync(Func<int, double> x)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        while (true)
        {
            await Task.WhenAll(apps.Select(async app =>
            {
                for (var request = 0; request < 50; request++)
                {
                    await AskAsync(app, $"visitor-{Interlocked.Increment(ref visitors)}", x(request));
                }
            }));
            if (await BrakeAsync("m") is { } reason)
            {
                return reason;
            }

            Assert.False(limit.IsCancellationRequested, "Nobody braked the version.");
        }
    }

    /// <summary>Asks as a visitor; the version that answered, or the status.</summary>
    public static async Task<string> AskAsync(RunningApp app, string visitor, double x)
    {
        using var response = await app.PostAsync("api/score/m", $$$"""{"instances":[{"x":{{{x.ToString(CultureInfo.InvariantCulture)}}}}],"parameters":{"subject":"{{{visitor}}}"}}""");
        return response.StatusCode == HttpStatusCode.OK ? JsonNode.Parse(await response.Content.ReadAsStringAsync())!["version"]!.GetValue<string>() : $"{response.StatusCode}";
    }

    /// <summary>Who of a hundred visitors is answered by which version, on every process; fails where two processes disagree.</summary>
    public async Task<IReadOnlyDictionary<string, string>> WhoAsync()
    {
        var who = new ConcurrentDictionary<string, string>();
        foreach (var app in apps)
        {
            for (var visitor = 0; visitor < 100; visitor++)
            {
                var version = await AskAsync(app, $"regular-{visitor}", 1);
                Assert.Equal(version, who.GetOrAdd($"regular-{visitor}", version));
            }
        }

        return who;
    }

    /// <summary>Kills a process outright and starts another in its place.</summary>
    public async Task KillAsync(int index)
    {
        await apps[index].KillAsync();
        await apps[index].DisposeAsync();
        apps.RemoveAt(index);
        await AddAsync();
    }

    /// <summary>Kills a process outright and starts it again at its place, on the same disk and with the same settings.</summary>
    public async Task RestartAsync(int index)
    {
        await apps[index].KillAsync();
        await apps[index].DisposeAsync();
        apps[index] = await StartAsync(index);
    }

    /// <summary>Asks a process until its rollout is as wanted; the limit bounds a failure, not a speed.</summary>
    public static async Task UntilAsync(RunningApp app, Func<JsonNode?, bool> isWanted, string model = "m")
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            var seen = JsonNode.Parse(await app.Client.GetStringAsync(new Uri($"api/models/{model}", UriKind.Relative), CancellationToken.None))!["rollout"];
            if (isWanted(seen))
            {
                return;
            }

            Assert.False(limit.IsCancellationRequested, $"Still {seen?.ToJsonString()}\n{app.Log}");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in apps)
        {
            await app.DisposeAsync();
        }

        await Storage.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>Why a process braked the version, once all know of it; null where none did.</summary>
    public async Task<string?> BrakeAsync(string model)
    {
        var reason = await FirstBrakeAsync(model);
        foreach (var app in reason is null ? [] : apps)
        {
            await UntilAsync(app, seen => seen?["versions"]![0]!["braked"] is not null, model);
        }

        return reason;
    }

    private async Task<string?> FirstBrakeAsync(string model)
    {
        foreach (var app in apps)
        {
            var seen = JsonNode.Parse(await app.Client.GetStringAsync(new Uri($"api/models/{model}", UriKind.Relative)))!["rollout"]!["versions"]![0]!;
            if (seen["braked"] is { } braked)
            {
                return $"{braked.GetValue<string>()}: {seen["reason"]!.GetValue<string>()}";
            }
        }

        return null;
    }

    private async Task AddAsync() => apps.Add(await StartAsync(started++));

    private async Task<RunningApp> StartAsync(int number)
    {
        var values = new Dictionary<string, string>
        {
            ["Storage"] = Storage.ConnectionString,
            ["Scoring__CacheDirectory"] = folder.PathTo($"cache-{number}"),
            ["Scoring__RefreshInterval"] = "00:00:00.2",
            ["Scoring__Preload"] = "m",
            ["Scoring__Probe"] = "Never",
            ["Scoring__ReceiptKey"] = Convert.ToBase64String(new byte[32]),
        };
        foreach (var (name, value) in settings(number))
        {
            values[name] = value;
        }

        var app = await RunningApp.StartAsync([.. values.Select(setting => (setting.Key, setting.Value))]);
        await app.WaitAsync("v2/health/ready");
        return app;
    }

    private Task<PublishResult> PublishAsync(string version, string package, bool makeLive) =>
        Publisher.PublishAsync(package, "m", version, makeLive, CancellationToken.None);
}
