using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Telemetry;

namespace Scoring.Tests.Serving;

/// <summary>One serving process in miniature: the services of the app on a repository and a cache folder of the test's choice. Hosted services do not run; a test refreshes by itself.</summary>
internal sealed class CatalogHost : IAsyncDisposable
{
    private readonly ServiceProvider provider;

    /// <param name="repository">A folder or a container URI.</param>
    /// <param name="cacheDirectory">The disk cache.</param>
    /// <param name="storage">The connection string of <c>Storage</c>; null for none.</param>
    /// <param name="configure">Changes options.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <param name="services">Adds services that take the place of the app's.</param>
    public CatalogHost(string repository, string cacheDirectory, string? storage = null, Action<ScoringOptions>? configure = null, TimeProvider? time = null, Action<IServiceCollection>? services = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(StorageConnection.Name, storage)]).Build();
        var collection = new ServiceCollection();
        collection.AddSingleton<IConfiguration>(configuration);
        collection.AddLogging(logging => logging.AddProvider(Log).SetMinimumLevel(LogLevel.Debug));
        collection.AddSingleton(time ?? TimeProvider.System);
        collection.AddOptions<ScoringOptions>().Configure(options =>
        {
            options.Repository = repository;
            options.CacheDirectory = cacheDirectory;
            configure?.Invoke(options);
        });
        var real = PackageRepository.Open(repository, new StorageConnection(configuration));
        Publisher = new PackagePublisher(real);
        Repository = new CountingRepository(real);
        collection.AddSingleton<IPackageRepository>(Repository);
        collection.AddScoringTelemetry(configuration);
        services?.Invoke(collection);
        collection.AddServing();
        provider = collection.BuildServiceProvider();
    }

    public LogCounts Log { get; } = new();

    public CountingRepository Repository { get; }

    public ModelCatalog Catalog => provider.GetRequiredService<ModelCatalog>();

    public LoadedVersions Loaded => provider.GetRequiredService<LoadedVersions>();

    /// <summary>Sessions made so far.</summary>
    public int Sessions => Log.Count(2020);

    public PackagePublisher Publisher { get; }

    public T Get<T>()
        where T : notnull => provider.GetRequiredService<T>();

    /// <summary>Scores x and says which version answered and what.</summary>
    public async Task<(string Version, double Value)> ScoreAsync(double x, string model = "m", string? version = null, CancellationToken cancellationToken = default)
    {
        using var lease = await Catalog.LeaseAsync(model, version, cancellationToken);
        return (lease.Model.Package.Version, Score(lease.Model, x));
    }

    public static double Score(LoadedModel model, double x)
    {
        using var batch = model.RentBatch();
        var faults = new FaultList();
        var json = JsonSerializer.SerializeToUtf8Bytes(new { x });
        var reader = new Utf8JsonReader(json);
        reader.Read();
        Assert.True(batch.TryAdd(ref reader, 0, faults), faults.FirstDetail);
        batch.Run(CancellationToken.None);
        using var answer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(answer))
        {
            batch.WritePrediction(writer, 0, topK: null);
        }

        using var prediction = JsonDocument.Parse(answer.ToArray());
        return prediction.RootElement.GetProperty("value").GetDouble();
    }

    public ValueTask DisposeAsync() => provider.DisposeAsync();
}
