using Microsoft.Extensions.Logging;
using Scoring.Outcomes;
using Scoring.Repository;
using Scoring.Telemetry;

namespace Scoring.Serving.Rollouts;

/// <summary>
/// Follows the rollout in the live pointer of one model: loads its candidates beside the live version, within the memory budget, and lets go of them when it ends or they are braked. A candidate that
/// cannot be had has no share, and the live version answers as if there were none. One caller at a time follows; anyone may look.
/// </summary>
internal sealed partial class RolloutFollower(
    string model, bool isKept, VersionLoader loader, LoadedVersions loaded, IPackageRepository repository, BrakeRecords records, RolloutTallies tallies, TimeSpan refreshInterval, ScoringMetrics metrics, TimeProvider time, ILogger log)
{
    // Shares that never change have no steps; so often what was staked on the candidate is renewed all the same.
    private static readonly TimeSpan Epoch = TimeSpan.FromDays(1);

    private volatile RolloutRun? run;
    private int isFollowing;
    private bool isKnown;
    private string? told;
    private int epoch;

    /// <summary>Takes up what the pointer says; returns at once while another caller does. Failures are logged and shown, not thrown.</summary>
    /// <param name="state">The live pointer.</param>
    /// <param name="live">The version that answers.</param>
    /// <param name="cancellationToken">Ends the loads.</param>
    public async Task FollowAsync(LiveState? state, ServedVersion? live, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref isFollowing, 1) == 1)
        {
            return;
        }

        try
        {
            if (live is null || state?.Pointer.Rollout is not { } schedule)
            {
                if (run is { } over && over.LiveVersion == live?.Package.Version)
                {
                    Tell(HistoryEntry.RolloutAborted, over.Schedule, live!);
                }

                End(live);
                isKnown |= state is not null;
                return;
            }

            if (run is not { } running || !IsSame(running.Schedule, schedule))
            {
                End(live);
                running = Begin(schedule, live);
                if (told != schedule.Id)
                {
                    Tell(HistoryEntry.RolloutStarted, schedule, live);
                }
            }
            else if ((running.Schedule.PausedAt is null) != (schedule.PausedAt is null))
            {
                Tell(schedule.PausedAt is null ? HistoryEntry.RolloutResumed : HistoryEntry.RolloutPaused, schedule, live);
            }

            (isKnown, told) = (true, schedule.Id);
            running.Schedule = schedule;
            running.LiveVersion = live.Package.Version;
            await HeedBrakesAsync(running, cancellationToken).ConfigureAwait(false);
            foreach (var candidate in running.Candidates)
            {
                await LoadAsync(candidate, state, live, cancellationToken).ConfigureAwait(false);
            }

            BeginEpoch(running);
            run = running;
            live.Rollout = running;
        }
        finally
        {
            Volatile.Write(ref isFollowing, 0);
        }
    }

    /// <summary>A lease on a candidate that a request names; null where it is none.</summary>
    public ServedVersion? TryLease(string version)
    {
        foreach (var candidate in run?.Candidates ?? [])
        {
            if (candidate.Version == version)
            {
                return candidate.TryLease();
            }
        }

        return null;
    }

    /// <summary>True for a version that is in memory as a candidate.</summary>
    public bool Holds(string version) => run?.Candidates.Any(candidate => candidate.Version == version && candidate.Loaded is not null) == true;

    /// <inheritdoc cref="RolloutRun.Learn(IReadOnlyList{DealtOutcome})"/>
    public void Learn(IReadOnlyList<DealtOutcome> outcomes) => run?.Learn(outcomes);

    /// <summary>Hands a candidate over that became the live version.</summary>
    public ServedVersion? Adopt(string version)
    {
        var adopted = run?.Candidates.FirstOrDefault(candidate => candidate.Version == version)?.Take("It is the live version.");
        if (adopted is not null)
        {
            // From now on its own configuration holds for its line.
            adopted.Model.IsBesideLive = false;
            adopted.Model.Line = null;
        }

        return adopted;
    }

    /// <summary>How the rollout stands in this process; null where none is under way.</summary>
    public RolloutStatus? Status()
    {
        if (run is not { } running)
        {
            return null;
        }

        var (schedule, now) = (running.Schedule, time.GetUtcNow());
        return new RolloutStatus(schedule.Id, StateOf(schedule, now), Math.Max(0, schedule.StepAt(now) + 1), schedule.StepCount, schedule.NextAt(now), schedule.Shadow)
        {
            Versions = [.. running.Candidates.Select(candidate => CandidateStatus.Of(candidate, running.ShareOf(candidate)))],
            Requests = running.LiveVersion is { } live ? running.Tally.Compare(live, [.. running.Candidates.Select(candidate => candidate.Version)]) : [],
        };
    }

    private static RolloutState StateOf(Rollout schedule, DateTimeOffset now) =>
        schedule.PausedAt is not null ? RolloutState.Paused
        : schedule.IsEndless ? RolloutState.Endless
        : schedule.StepAt(now) >= schedule.StepCount - 1 ? RolloutState.AtLastStep
        : RolloutState.Running;

    private static bool IsSame(Rollout one, Rollout other) =>
        one.Id == other.Id && one.Limits == other.Limits && one.Arms.Count == other.Arms.Count
        && one.Arms.Zip(other.Arms).All(pair => pair.First.Version == pair.Second.Version && pair.First.Steps.SequenceEqual(pair.Second.Steps));

    private RolloutRun Begin(Rollout schedule, ServedVersion live)
    {
        epoch = 0;
        var versions = VersionsOf(schedule);
        LogBegun(model, schedule.Id, versions);
        return new RolloutRun(
            model,
            schedule,
            [.. schedule.Arms.Select(arm => new Candidate(
                model, schedule.Id, arm.Version, new ArmEvidence(schedule.Limits, schedule.Arms.Count),
                new LiveAttempts(model, repository, refreshInterval, metrics, time, log), time))],
            live.Model.Config.Slo,
            time,
            tallies.Begin(model, schedule.Id),
            TooMuch);
    }

    // What a process finds as it starts was done before, and told by others.
    private void Tell(string action, Rollout schedule, ServedVersion live)
    {
        if (isKnown)
        {
            metrics.RolloutWasMoved(new RolloutMove(model, action, VersionsOf(schedule), live.Package.Version));
        }
    }

    private static string VersionsOf(Rollout schedule) => string.Join(", ", schedule.Arms.Select(arm => arm.Version));

    private void End(ServedVersion? live)
    {
        if (live is not null)
        {
            live.Rollout = null;
        }

        if (run is { } ended)
        {
            run = null;
            ended.Tally.End();
            foreach (var candidate in ended.Candidates)
            {
                candidate.Take("The rollout is over.")?.Retire();
            }

            metrics.RolloutEnded(model);
            LogEnded(model, ended.Schedule.Id);
        }
    }

    // What this process saw, or one before it on this disk, is told to the others until that worked; what others saw counts here.
    private async Task HeedBrakesAsync(RolloutRun running, CancellationToken cancellationToken)
    {
        foreach (var candidate in running.Candidates)
        {
            await LookForBrakeAsync(running.Schedule.Id, candidate, cancellationToken).ConfigureAwait(false);
            await TellAsync(candidate, cancellationToken).ConfigureAwait(false);
            if (candidate.Brake is not null)
            {
                candidate.Take("It is braked.")?.Retire();
            }
        }
    }

    private async Task LookForBrakeAsync(string rollout, Candidate candidate, CancellationToken cancellationToken)
    {
        if (candidate.Brake is not null)
        {
            return;
        }

        var own = records.FindOnDisk(model, rollout, candidate.Version);
        if ((own ?? await records.FindAsync(model, rollout, candidate.Version, cancellationToken).ConfigureAwait(false)) is { } found)
        {
            candidate.BrakedBy(found, isStored: own is null);
            LogBraked(model, candidate.Version, found.Word, found.Detail);
        }
    }

    private async Task LoadAsync(Candidate candidate, LiveState state, ServedVersion live, CancellationToken cancellationToken)
    {
        if (candidate.Brake is not null || candidate.Loaded is not null || candidate.Version == live.Package.Version
            || (candidate.TriedUnder == state.Tag && !await candidate.Attempts.IsDueAsync(candidate.Version, cancellationToken).ConfigureAwait(false)))
        {
            return;
        }

        candidate.TriedUnder = state.Tag;
        try
        {
            // One that was refused may have been mended since.
            var from = candidate.Attempts.Refused is null ? FetchFrom.CacheFirst : FetchFrom.Repository;
            var version = await loader.LoadAsync(
                new LoadRequest(model, candidate.Version, from) { Beside = live, PointerTag = state.Tag }, cancellationToken).ConfigureAwait(false)
                ?? throw new PackageFaultException($"The rollout of '{model}' names version {candidate.Version}, which the repository does not have.");
            version.Model.IsBesideLive = true;
            candidate.Attempts.Succeeded();

            // Before it is counted: one that is given up or unloaded at once is taken out again.
            candidate.Arrived(version);
            loaded.Add(version, isOnDemand: false, isKept, candidate.Forget);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var failure = e as ScoringException ?? new ScoringException(ErrorCode.ModelUnavailable, $"Version {candidate.Version} of '{model}' could not be loaded.", e);
            candidate.Waits(failure.Message);
            await candidate.Attempts.FailedAsync(candidate.Version, failure, cancellationToken).ConfigureAwait(false);
        }
    }

    private void BeginEpoch(RolloutRun running)
    {
        var schedule = running.Schedule;
        var now = schedule.IsEndless ? (int)Math.Max(0, (time.GetUtcNow() - schedule.Start) / Epoch) : Math.Max(0, running.Step);
        if (now != epoch)
        {
            epoch = now;
            foreach (var candidate in running.Candidates)
            {
                candidate.Evidence.BeginEpoch();
            }
        }

        foreach (var candidate in running.Candidates)
        {
            metrics.RolloutShare(model, candidate.Version, running.ShareOf(candidate) / 100);
        }
    }

    // On a request's path: the share is gone at once, the rest is done beside it.
    private void TooMuch(Candidate candidate)
    {
        if (candidate.BrakeNow() is { } brake)
        {
            metrics.RolloutBraked(model, candidate.Version, brake.Word);
            var told = brake.ToHistory();
            metrics.RolloutWasMoved(new RolloutMove(model, told.Action, told.Version, run?.LiveVersion ?? "", told.By, told.Why));
            LogBraked(model, candidate.Version, brake.Word, brake.Detail);
            _ = Task.Run(() => TellAsync(candidate, CancellationToken.None));
        }
    }

    private async Task TellAsync(Candidate candidate, CancellationToken cancellationToken)
    {
        if (candidate is { Brake: { } brake, IsBrakeStored: false } && await records.CreateAsync(brake, cancellationToken).ConfigureAwait(false) is { } shared)
        {
            candidate.BrakedBy(shared, isStored: true);
        }
    }

    [LoggerMessage(EventId = 2182, Level = LogLevel.Information, Message = "{Model}: the rollout {Rollout} of version {Versions} is followed")]
    private partial void LogBegun(string model, string rollout, string versions);

    [LoggerMessage(EventId = 2183, Level = LogLevel.Information, Message = "{Model}: the rollout {Rollout} is over")]
    private partial void LogEnded(string model, string rollout);

    [LoggerMessage(EventId = 2184, Level = LogLevel.Error, Message = "{Model} version {Version} is braked and gets no more requests ({Reason}): {Detail}")]
    private partial void LogBraked(string model, string version, string reason, string detail);
}
