using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Outcomes;
using Scoring.Repository;
using Scoring.Serving.Rollouts;
using Scoring.Telemetry;

namespace Scoring.Serving;

/// <summary>
/// The models of this process, by name: leases loaded versions, loading on first use, once however many ask. One per process, shared by HTTP and queue
/// functions; thread safe. A lease on what is loaded is synchronous and allocates nothing.
/// </summary>
public sealed class ModelCatalog : IOutcomeWatch, IDisposable
{
    // Names that nobody serves are remembered only to pace the next try.
    private const int MaxUnservedModels = 512;

    // A status tells what is known where the storage takes longer than this.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, ServedModel> models = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource lifetime = new();
    private readonly PackageCache cache;
    private readonly PointerCache pointers;
    private readonly VersionLoader loader;
    private readonly LoadedVersions loaded;
    private readonly BrakeRecords brakes;
    private readonly RolloutTallies tallies;
    private readonly ScoringOptions options;
    private readonly ScoringMetrics metrics;
    private readonly TimeProvider time;
    private readonly ILogger<ModelCatalog> log;

    internal ModelCatalog(
        PackageCache cache, PointerCache pointers, VersionLoader loader, LoadedVersions loaded, BrakeRecords brakes, RolloutTallies tallies, IOptions<ScoringOptions> options,
        ScoringMetrics metrics, TimeProvider time, ILogger<ModelCatalog> log)
    {
        this.cache = cache;
        this.pointers = pointers;
        this.loader = loader;
        this.loaded = loaded;
        this.brakes = brakes;
        this.tallies = tallies;
        this.options = options.Value;
        this.metrics = metrics;
        this.time = time;
        this.log = log;
    }

    /// <summary>True once what <see cref="ScoringOptions.Preload"/> names has loaded; at once when it names nothing.</summary>
    public bool IsReady => IsPreloaded || options.Preload.Count == 0;

    internal bool IsPreloaded { get; set; }

    /// <summary>A lease on a version; dispose it exactly once.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="version">A version's number, or null for the live one.</param>
    /// <param name="cancellationToken">Ends the wait; a load that others may want goes on.</param>
    /// <exception cref="ScoringException">
    /// <see cref="ErrorCode.ModelNotFound"/>, <see cref="ErrorCode.VersionNotFound"/>, or <see cref="ErrorCode.ModelUnavailable"/> with the time after which to
    /// try again: it is still loading, refused, out of memory, or its repository cannot be reached.
    /// </exception>
    public ValueTask<ModelLease> LeaseAsync(string model, string? version, CancellationToken cancellationToken)
    {
        return models.TryGetValue(model, out var served) && served.TryLease(version) is { } leased
            ? new ValueTask<ModelLease>(new ModelLease(leased))
            : LoadAsync(model, version, isUrgent: false, cancellationToken);
    }

    /// <summary>A lease for a request, which waits for a load no longer than <see cref="ScoringOptions.RequestTimeout"/>, and whose load goes before those that nobody waits for.</summary>
    /// <inheritdoc cref="LeaseAsync(string, string?, CancellationToken)"/>
    public ValueTask<ModelLease> LeaseForRequestAsync(string model, string? version, CancellationToken cancellationToken) =>
        LeaseForRequestAsync(model, version, options.RequestTimeout, cancellationToken);

    /// <param name="model">The model's name.</param>
    /// <param name="version">A version's number, or null for the live one.</param>
    /// <param name="patience">How long the request waits for a load; not above zero where its time is over.</param>
    /// <param name="cancellationToken">Ends the wait; a load that others may want goes on.</param>
    /// <inheritdoc cref="LeaseForRequestAsync(string, string?, CancellationToken)"/>
    public ValueTask<ModelLease> LeaseForRequestAsync(string model, string? version, TimeSpan patience, CancellationToken cancellationToken)
    {
        return models.TryGetValue(model, out var served) && served.TryLease(version) is { } leased
            ? new ValueTask<ModelLease>(new ModelLease(leased))
            : LoadForRequestAsync(model, version, patience, cancellationToken);
    }

    /// <summary>Every model that the repository holds or this process serves, sorted by name. One that cannot be told of is in it, with the reason as its remark.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: the repository cannot be reached, and nothing is served.</exception>
    public async Task<IReadOnlyList<ModelStatus>> ListAsync(CancellationToken cancellationToken)
    {
        var names = new SortedSet<string>(models.Where(m => m.Value.IsServing).Select(m => m.Key), StringComparer.Ordinal);
        try
        {
            names.UnionWith(await cache.Repository.ListModelsAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (ScoringException) when (names.Count > 0)
        {
            // What is served can be told without the storage; each status says that it is stale.
        }

        var statuses = new List<ModelStatus>(names.Count);
        foreach (var name in names)
        {
            statuses.Add(await StatusOrReasonAsync(name, cancellationToken).ConfigureAwait(false));
        }

        return statuses;
    }

    /// <summary>What this process knows and serves of a model.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelNotFound"/>, or <see cref="ErrorCode.ModelUnavailable"/> when the repository cannot be reached and nothing is served.</exception>
    public async Task<ModelStatus> DescribeAsync(string model, CancellationToken cancellationToken)
    {
        PackageNames.RequireModel(model);
        var status = await StatusAsync(model, cancellationToken).ConfigureAwait(false);
        return status.Versions.Count == 0 && status.Version is null && status.LiveVersion is null
            ? throw new ScoringException(ErrorCode.ModelNotFound, $"There is no model '{model}'.")
            : status;
    }

    /// <summary>Lets go of every version; each is disposed when its last lease ends. Loads that run are given up.</summary>
    public void Dispose()
    {
        lifetime.Cancel();
        loaded.RetireAll();
    }

    /// <inheritdoc/>
    void IOutcomeWatch.Came(string model, IReadOnlyList<DealtOutcome> outcomes)
    {
        if (models.TryGetValue(model, out var served))
        {
            served.Learn(outcomes);
        }
    }

    /// <summary>Reads the live pointer of every model that serves, each beside the others.</summary>
    internal Task RefreshAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(models.Values.Where(m => m.IsServing).Select(m => m.RefreshAsync(cancellationToken)));

    private async ValueTask<ModelLease> LoadForRequestAsync(string model, string? version, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(patience > TimeSpan.Zero ? patience : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
        return await LoadAsync(model, version, isUrgent: true, either.Token).ConfigureAwait(false);
    }

    private async ValueTask<ModelLease> LoadAsync(string model, string? version, bool isUrgent, CancellationToken cancellationToken)
    {
        PackageNames.RequireModel(model);
        if (version is not null)
        {
            PackageNames.RequireVersion(model, version);
        }

        try
        {
            return new ModelLease(await Model(model).LeaseAsync(version, isUrgent, cancellationToken).ConfigureAwait(false));
        }
        catch (ScoringException e) when (e.Code == ErrorCode.ModelUnavailable)
        {
            metrics.ModelUnavailable(model);
            throw;
        }
    }

    private async Task<ModelStatus> StatusOrReasonAsync(string model, CancellationToken cancellationToken)
    {
        try
        {
            return await StatusAsync(model, cancellationToken).ConfigureAwait(false);
        }
        catch (ScoringException e)
        {
            return (models.TryGetValue(model, out var served) ? served.Status() : new ModelStatus(model)) with { IsStale = true, Remark = e.Message };
        }
    }

    private async Task<ModelStatus> StatusAsync(string model, CancellationToken cancellationToken)
    {
        var status = models.TryGetValue(model, out var served) ? served.Status() : new ModelStatus(model);
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            var versions = await cache.Repository.ListVersionsAsync(model, withIncomplete: false, either.Token).ConfigureAwait(false);
            if (status.LiveVersion is not null || versions.Count == 0)
            {
                return status with { Versions = versions };
            }

            var live = (await cache.Repository.ReadLiveAsync(model, null, either.Token).ConfigureAwait(false)).State;
            return status with { Versions = versions, LiveVersion = live?.Pointer.Version, LiveSince = live?.Since };
        }
        catch (ScoringException e) when (status.Version is not null || e is PackageFaultException)
        {
            return status with { Versions = status.Loaded, IsStale = e is not PackageFaultException, Remark = status.Remark ?? e.Message };
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            return status.Version is not null
                ? status with { Versions = status.Loaded, IsStale = true, Remark = status.Remark ?? "The model repository does not answer." }
                : throw new ScoringException(ErrorCode.ModelUnavailable, "The model repository does not answer.", e) { RetryAfter = Patience };
        }
    }

    private ServedModel Model(string name)
    {
        if (models.Count > MaxUnservedModels)
        {
            foreach (var (key, model) in models)
            {
                if (model.IsDroppable)
                {
                    models.TryRemove(KeyValuePair.Create(key, model));
                }
            }
        }

        return models.GetOrAdd(name, static (n, self) => self.Create(n), this);
    }

    private ServedModel Create(string name)
    {
        var isKept = options.Preload.Contains(name);
        var follower = new LiveFollower(name, isKept, cache, pointers, loader, loaded, options, metrics, time, log);
        var rollout = new RolloutFollower(name, isKept, loader, loaded, cache.Repository, brakes, tallies, options.RefreshInterval, metrics, time, log);
        return new ServedModel(name, follower, rollout, loader, loaded, cache.Repository, time, lifetime.Token);
    }
}
