using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Features.Text.Caching;
using Scoring.Inference;
using Scoring.Outcomes;
using Scoring.Outcomes.Captures;
using Scoring.Outcomes.Counts;
using Scoring.Outcomes.Reading;
using Scoring.Repository;
using Scoring.Repository.Signing;
using Scoring.Serving.Batching;
using Scoring.Serving.Isolation;
using Scoring.Serving.Probing;
using Scoring.Serving.Rollouts;
using Scoring.Telemetry;

namespace Scoring.Serving;

/// <summary>Registers the repository, the cache, the catalog, the gate and the batcher; <see cref="ScoringOptions"/> and the telemetry are registered by others.</summary>
internal static class ServingServices
{
    // The share of a process's memory that models may take. The rest is for the host, the runtime and the buffers of runs.
    private const double BudgetOfMemory = 0.7;

    public static IServiceCollection AddServing(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(p => new StorageConnection(p.GetRequiredService<IConfiguration>()));
        services.TryAddSingleton(p => PackageRepository.Open(Options(p).Repository, p.GetRequiredService<StorageConnection>()));
        services.TryAddSingleton(Cache);
        services.TryAddSingleton(p => new CachedPackages(p.GetRequiredService<CacheFolder>(), Options(p).CacheBytes, Time(p), Log<CachedPackages>(p)));
        services.TryAddSingleton(p => new PointerCache(p.GetRequiredService<IPackageRepository>().Identity, p.GetRequiredService<CacheFolder>(), Time(p)));
        services.TryAddSingleton(p => new PackageTrust([.. Options(p).TrustedKeys.Select(TrustedKey.Parse)], Options(p).TwoSignatures));
        services.TryAddSingleton<PackageCache>();
        services.TryAddSingleton(p => new LoadedVersions(new ModelMemory(Budget(Options(p)), Options(p).DeviceMemoryBytes), Options(p).MaxVersionsOnDemand));
        services.TryAddSingleton(p => SessionSettings.From(Options(p)) with { CompiledPath = Path.Combine(p.GetRequiredService<CacheFolder>().WritableRoots().First(), "compiled") });
        services.TryAddSingleton(ProbeExecutable.BesideTheApp);
        services.TryAddSingleton(p => ProbeLimits.From(Options(p)));
        services.TryAddSingleton<AvailableMemory>();
        services.TryAddSingleton<ProbeProcess>();
        services.TryAddSingleton<ProbeQueue>();
        services.TryAddSingleton(p => new VerdictContainer(
            PackageRepository.Companion(Options(p).Repository, p.GetRequiredService<StorageConnection>(), VerdictContainer.Name), Time(p), Log<VerdictContainer>(p)));
        services.TryAddSingleton(p => new VerdictStore(p.GetRequiredService<VerdictContainer>(), p.GetRequiredService<CacheFolder>(), Options(p).HostKey, Log<VerdictStore>(p)));
        services.TryAddSingleton<CrashMarkers>();
        services.TryAddSingleton(p => new BrakeRecords(p.GetRequiredService<VerdictContainer>(), p.GetRequiredService<CacheFolder>(), BrakeFolder(Options(p).Repository), Log<BrakeRecords>(p)));
        services.TryAddSingleton(p => new GrowingFiles(Time(p), Log<GrowingFiles>(p)));
        services.AddHostedService(p => p.GetRequiredService<GrowingFiles>());
        services.TryAddSingleton(p => new RolloutTallies(Tallies(Options(p), p.GetRequiredService<StorageConnection>()), p.GetRequiredService<GrowingFiles>()));
        services.TryAddSingleton(p => new VersionAdmission(
            p.GetRequiredService<ProbeProcess>(), p.GetRequiredService<ProbeQueue>(), p.GetRequiredService<VerdictStore>(), p.GetRequiredService<CrashMarkers>(), p.GetRequiredService<LoadedVersions>(),
            p.GetRequiredService<GivenUpVersions>(), Options(p).Probe, p.GetRequiredService<ScoringMetrics>(), Time(p), Log<VersionAdmission>(p)));
        services.TryAddSingleton<GivenUpVersions>();
        services.TryAddSingleton(p => new ModelIsolation(
            p.GetRequiredService<ProbeExecutable>(), p.GetRequiredService<ProbeLimits>(), Options(p).Isolate, p.GetRequiredService<ScoringMetrics>(), Time(p), Log<ModelIsolation>(p)));
        services.TryAddSingleton<NativeThread>();
        services.TryAddSingleton(p => Tokens(p.GetRequiredService<ScoringMetrics>()));
        services.TryAddSingleton<VersionLoader>();
        services.TryAddSingleton(p => new ModelCatalog(
            p.GetRequiredService<PackageCache>(), p.GetRequiredService<PointerCache>(), p.GetRequiredService<VersionLoader>(), p.GetRequiredService<LoadedVersions>(), p.GetRequiredService<BrakeRecords>(),
            p.GetRequiredService<RolloutTallies>(), p.GetRequiredService<IOptions<ScoringOptions>>(), p.GetRequiredService<ScoringMetrics>(), Time(p), Log<ModelCatalog>(p)));
        services.TryAddSingleton(p => ReceiptKeys.Of(Options(p)));
        services.TryAddSingleton(p => new ReceiptCounts(OutcomeStore.Open(Options(p), p.GetRequiredService<StorageConnection>()), p.GetRequiredService<GrowingFiles>()));
        services.TryAddSingleton(p => new ReceiptIssuer(p.GetRequiredService<ReceiptKeys>(), Time(p), p.GetRequiredService<ScoringMetrics>(), p.GetRequiredService<ReceiptCounts>()));
        services.TryAddSingleton(p => new OutcomeIntake(
            p.GetRequiredService<ReceiptKeys>(), new VersionLabels(p.GetRequiredService<ModelCatalog>(), p.GetRequiredService<IPackageRepository>()), OutcomeStore.Open(Options(p), p.GetRequiredService<StorageConnection>()), Options(p),
            p.GetRequiredService<ScoringMetrics>(), Time(p), p.GetRequiredService<ModelCatalog>()));
        services.TryAddSingleton(p => new LiveCalibration(
            OutcomeFiles.Open(Options(p).Repository, p.GetRequiredService<StorageConnection>(), Options(p).OutcomesContainer), Options(p).ReceiptLifetime, Options(p).RefreshInterval, Time(p),
            Log<LiveCalibration>(p), p.GetRequiredService<ReceiptCounts>()));
        services.TryAddSingleton(p => new CaptureWriter(
            new CaptureStorage(
                OutcomeStore.Open(Options(p), p.GetRequiredService<StorageConnection>(), CaptureStorage.Container),
                OutcomeFiles.Open(Options(p).Repository, p.GetRequiredService<StorageConnection>(), CaptureStorage.Container)),
            p.GetRequiredService<ScoringMetrics>(), Time(p), Log<CaptureWriter>(p)));
        services.AddHostedService(p => p.GetRequiredService<CaptureWriter>());
        services.TryAddSingleton(p => Gate(Options(p), p.GetRequiredService<ScoringMetrics>(), Time(p)));
        services.TryAddSingleton(Watch);
        services.AddHostedService(p => p.GetRequiredService<RunWatch>());
        services.TryAddSingleton<DynamicBatcher>();
        services.TryAddSingleton<ModelPreload>();
        services.AddHostedService(p => p.GetRequiredService<ModelPreload>());
        services.AddHostedService<ModelRefresh>();
        services.AddHostedService<LiveAudit>();
        services.AddHostedService<PublishAudit>();
        return services;
    }

    private static CacheFolder Cache(IServiceProvider provider)
    {
        var options = Options(provider);
        var cache = new CacheFolder(options.CacheDirectory, Time(provider), Log<CacheFolder>(provider), mustBeClosed: options.TrustedKeys.Count > 0);
        foreach (var folder in (string[])[cache.Root, Path.GetTempPath(), AppContext.BaseDirectory, .. PackageRepository.IsFolder(options.Repository) ? [options.Repository!] : Array.Empty<string>()])
        {
            ServerPaths.Hide(folder.StartsWith("file://", StringComparison.OrdinalIgnoreCase) ? new Uri(folder).LocalPath : folder);
        }

        return cache;
    }

    /// <summary>Where brakes are kept beside a folder of models; null for a container.</summary>
    internal static string? BrakeFolder(string? repository) =>
        !PackageRepository.IsFolder(repository) ? null
        : Path.Combine(repository!.StartsWith("file://", StringComparison.OrdinalIgnoreCase) ? new Uri(repository).LocalPath : repository, BrakeRecords.FolderName);

    private static IOutcomeStore? Tallies(ScoringOptions options, StorageConnection storage) =>
        PackageRepository.Companion(options.Repository, storage, VerdictContainer.Name) is { } open ? new BlobOutcomeStore(open)
        : BrakeFolder(options.Repository) is { } folder ? new FolderOutcomeStore(folder)
        : null;

    private static TokenCache Tokens(ScoringMetrics metrics)
    {
        var (hits, misses) = metrics.Cache("tokens");
        return new TokenCache(TokenCache.UsualBytes, () => hits.Add(1), () => misses.Add(1));
    }

    private static RunGate Gate(ScoringOptions options, ScoringMetrics metrics, TimeProvider time)
    {
        var gate = new RunGate(options.MaxConcurrentRuns, options.MaxQueuedRequests, time);
        metrics.ObserveRunsQueued(() => gate.Waiting);
        return gate;
    }

    private static RunWatch Watch(IServiceProvider provider)
    {
        var watch = new RunWatch(provider.GetRequiredService<RunGate>(), Time(provider), Log<RunWatch>(provider), provider.GetService<Microsoft.Extensions.Hosting.IHostApplicationLifetime>());
        provider.GetRequiredService<ScoringMetrics>().ObserveRunsStuck(() => watch.Stuck);
        return watch;
    }

    private static long Budget(ScoringOptions options) =>
        options.MemoryBudgetBytes > 0 ? options.MemoryBudgetBytes : (long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * BudgetOfMemory);

    private static ScoringOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<ScoringOptions>>().Value;

    private static TimeProvider Time(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();

    private static ILogger<T> Log<T>(IServiceProvider provider) => provider.GetRequiredService<ILogger<T>>();
}
