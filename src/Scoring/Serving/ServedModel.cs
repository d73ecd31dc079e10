using System.Collections.Concurrent;
using Scoring.Outcomes;
using Scoring.Repository;
using Scoring.Serving.Rollouts;

namespace Scoring.Serving;

/// <summary>One model of the catalog: its live version and those that requests named. Thread safe.</summary>
internal sealed class ServedModel : IDisposable
{
    private const int MaxFlights = 64;

    private readonly string name;
    private readonly LiveFollower follower;
    private readonly RolloutFollower rollout;
    private readonly LoadFlight liveFlight;
    private readonly VersionLoader loader;
    private readonly LoadedVersions loaded;
    private readonly IPackageRepository repository;
    private readonly TimeProvider time;
    private readonly CancellationToken lifetime;
    private readonly ConcurrentDictionary<string, ServedVersion> onDemand = new();
    private readonly ConcurrentDictionary<string, LoadFlight> flights = new();

    public ServedModel(
        string name, LiveFollower follower, RolloutFollower rollout, VersionLoader loader, LoadedVersions loaded, IPackageRepository repository, TimeProvider time, CancellationToken lifetime)
    {
        this.name = name;
        this.follower = follower;
        this.rollout = rollout;
        follower.Adopt = rollout.Adopt;
        this.loader = loader;
        this.loaded = loaded;
        this.repository = repository;
        this.time = time;
        this.lifetime = lifetime;
        liveFlight = new LoadFlight(LoadLiveAsync, time, lifetime);
    }

    public bool IsServing => follower.Live is not null;

    /// <summary>True while dropping this object would lose nothing but the memory of a failure.</summary>
    public bool IsDroppable => follower.Live is null && onDemand.IsEmpty && !liveFlight.IsRunning && flights.Values.All(f => !f.IsRunning);

    /// <summary>A lease without waiting, or null when the version is not in memory.</summary>
    public ServedVersion? TryLease(string? version)
    {
        var live = follower.Live;
        if (live is not null && (version is null || live.Package.Version == version))
        {
            return live.IsUp && live.TryLease() ? live : null;
        }

        return version is null ? null : onDemand.TryGetValue(version, out var named) && named.IsUp && named.TryLease() ? named : rollout.TryLease(version);
    }

    /// <summary>A lease, after loading what is not in memory.</summary>
    public async Task<ServedVersion> LeaseAsync(string? version, bool isUrgent, CancellationToken cancellationToken)
    {
        while (true)
        {
            // A version that was just loaded may be unloaded again, to make room for others, before this caller takes its lease.
            if (TryLease(version) is { } leased)
            {
                return leased;
            }

            var arrived = await FlightOf(version).JoinAsync(isUrgent, cancellationToken).ConfigureAwait(false);
            await arrived.WhenUpAsync(cancellationToken).ConfigureAwait(false);
            if (arrived.IsUp && arrived.TryLease())
            {
                return arrived;
            }
        }
    }

    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await follower.RefreshAsync(cancellationToken).ConfigureAwait(false);
        await rollout.FollowAsync(follower.Pointer, follower.Live, cancellationToken).ConfigureAwait(false);
        foreach (var version in onDemand.Keys)
        {
            // Who names the live version, or a candidate, shares it from now on.
            if ((version == follower.Live?.Package.Version || rollout.Holds(version)) && onDemand.TryRemove(version, out var named))
            {
                named.Retire();
            }
        }
    }

    /// <inheritdoc cref="RolloutRun.Learn(IReadOnlyList{DealtOutcome})"/>
    public void Learn(IReadOnlyList<DealtOutcome> outcomes) => rollout.Learn(outcomes);

    public ModelStatus Status()
    {
        var status = follower.Status() with { Loaded = [.. loaded.Of(name).Select(v => v.Package.Version).Distinct().OrderBy(v => PackageNames.NumberOf(v))], Rollout = rollout.Status() };
        return status.Version is null && status.Remark is null ? status with { Remark = liveFlight.Failure?.Message } : status;
    }

    public void Dispose() => follower.Dispose();

    private LoadFlight FlightOf(string? version)
    {
        if (version is null)
        {
            return liveFlight;
        }

        if (flights.Count > MaxFlights)
        {
            foreach (var (key, flight) in flights)
            {
                if (!flight.IsRunning)
                {
                    flights.TryRemove(KeyValuePair.Create(key, flight));
                }
            }
        }

        return flights.GetOrAdd(version, static (v, self) => new LoadFlight((urgency, c) => self.LoadNamedAsync(v, urgency, c), self.time, self.lifetime), this);
    }

    private async Task<ServedVersion> LoadLiveAsync(LoadUrgency urgency, CancellationToken cancellationToken)
    {
        var version = await follower.LoadAsync(urgency, cancellationToken).ConfigureAwait(false);
        if (follower.NeedsRefresh || follower.Pointer?.Pointer.Rollout is not null)
        {
            // A cached pointer answers at once; what the repository says now is found out beside it. Nor does anybody wait for a candidate.
            _ = Task.Run(() => RefreshAsync(lifetime), lifetime);
        }

        return version;
    }

    private async Task<ServedVersion> LoadNamedAsync(string version, LoadUrgency urgency, CancellationToken cancellationToken)
    {
        if (onDemand.TryGetValue(version, out var present))
        {
            return present;
        }

        var served = await loader.LoadAsync(new LoadRequest(name, version, FetchFrom.CacheFirst) { Urgency = urgency }, cancellationToken).ConfigureAwait(false)
            ?? throw await NotFoundAsync(version, cancellationToken).ConfigureAwait(false);
        served.Model.IsBesideLive = true;
        onDemand[version] = served;
        loaded.Add(served, isOnDemand: true, isKept: false, Forget);
        return served;
    }

    private void Forget(ServedVersion version) => onDemand.TryRemove(KeyValuePair.Create(version.Package.Version, version));

    private async Task<ScoringException> NotFoundAsync(string version, CancellationToken cancellationToken)
    {
        var versions = await repository.ListVersionsAsync(name, withIncomplete: false, cancellationToken).ConfigureAwait(false);
        return versions.Count == 0
            ? new ScoringException(ErrorCode.ModelNotFound, $"There is no model '{name}'.")
            : new ScoringException(ErrorCode.VersionNotFound, $"'{name}' has no version {version}.");
    }
}
