using System.Net;
using System.Text.Json;
using Scoring.Repository;
using TestCommon;

namespace EndToEnd.Tests.Life;

/// <summary>An app that serves <see cref="OffsetModel"/>s as the model <c>m</c> from storage of its own, and the publisher beside it.</summary>
internal sealed class OffsetApp : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly (string Name, string Value)[] settings;

    private OffsetApp(Azurite storage, (string Name, string Value)[] settings)
    {
        Storage = storage;
        (string Name, string Value)[] defaults = [("Scoring__RefreshInterval", "00:00:00.2"), ("Scoring__Preload", "m"), ("Scoring__CacheDirectory", folder.PathTo("cache"))];
        this.settings = [.. settings.Concat(defaults).DistinctBy(s => s.Name)];
        Publisher = new PackagePublisher(PackageRepository.Open(null, StorageConnection.OfConnectionString(storage.ConnectionString)));
    }

    public RunningApp App { get; private set; } = null!;

    public Azurite Storage { get; }

    public PackagePublisher Publisher { get; }

    public string CacheDirectory => folder.PathTo("cache");

    /// <summary>Publishes version 1, y = x + 1, and starts the app.</summary>
    public static Task<OffsetApp> StartAsync(params (string Name, string Value)[] settings) => StartAsync(0, settings);

    /// <summary>Publishes version 1, y = x + 1, whose every run does some needless work, and starts the app.</summary>
    public static async Task<OffsetApp> StartAsync(int work, params (string Name, string Value)[] settings)
    {
        var app = new OffsetApp(await Azurite.StartNewAsync(), settings);
        await app.PublishAsync(OffsetModel.Write(app.Folder("1"), 1, work: work));
        await app.RestartAsync();
        return app;
    }

    /// <summary>Starts another process on the same storage and cache, after the first one's end.</summary>
    public async Task RestartAsync()
    {
        if (App is not null)
        {
            await App.DisposeAsync();
        }

        App = await RunningApp.StartAsync(Storage, settings);
        await App.WaitAsync("v2/health/ready");
    }

    /// <summary>A folder for a package.</summary>
    public string Folder(string name) => folder.PathTo("packages", name);

    /// <summary>Publishes a folder as the next version and makes it live, without trying it first.</summary>
    public Task<PublishResult> PublishAsync(string package, bool makeLive = true) => Publisher.PublishAsync(package, "m", null, makeLive, CancellationToken.None);

    /// <summary>Scores x; the answer's status, and where that is 200 its version and value.</summary>
    public async Task<(HttpStatusCode Status, string? Version, double Value)> ScoreAsync(double x)
    {
        using var response = await App.PostAsync("api/score/m", $$"""{"instances":[{"x":{{x.ToString(System.Globalization.CultureInfo.InvariantCulture)}}}]}""");
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return (response.StatusCode, null, 0);
        }

        using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        return (response.StatusCode, answer.RootElement.GetProperty("version").GetString(), answer.RootElement.GetProperty("predictions")[0].GetProperty("value").GetDouble());
    }

    /// <summary>What <c>GET /api/models/m</c> says.</summary>
    public async Task<JsonElement> DescribeAsync()
    {
        using var answer = JsonDocument.Parse(await App.Client.GetByteArrayAsync(new Uri("api/models/m", UriKind.Relative)));
        return answer.RootElement.Clone();
    }

    /// <summary>Asks until the description is as wanted; the limit bounds a failure, not a speed.</summary>
    public async Task<JsonElement> DescribedAsync(Func<JsonElement, bool> isWanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            var description = await DescribeAsync();
            if (isWanted(description))
            {
                return description;
            }

            Assert.False(limit.IsCancellationRequested, $"Still {description.GetRawText()}\n{App.Log}");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Storage.DisposeAsync();
        folder.Dispose();
    }
}
