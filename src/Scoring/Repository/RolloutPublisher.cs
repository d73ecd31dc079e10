namespace Scoring.Repository;

/// <summary>
/// Starts, stops and ends rollouts: each is one conditional write of the live pointer, which the history is told of after. What is so already is not done again. A call that was cut off between both is
/// told by the next one like it.
/// </summary>
public sealed class RolloutPublisher(IPackageRepository repository, TimeProvider time)
{
    private const string CutOff = "told by a later call, since the one that did it was cut off";

    /// <inheritdoc cref="PackagePublisher.By"/>
    public string By { get; init; } = ModelHistory.Somebody;

    /// <inheritdoc cref="PackagePublisher.Why"/>
    public string? Why { get; init; }

    /// <summary>Starts a rollout in place of one that may be under way.</summary>
    /// <exception cref="RolloutException">The schedule is none, or names the live version.</exception>
    /// <exception cref="ScoringException">There is no such model or version, or the storage cannot be reached.</exception>
    /// <exception cref="RepositoryConflictException">The pointer was moved meanwhile.</exception>
    public async Task<LivePointer> StartAsync(string model, Rollout rollout, CancellationToken cancellationToken)
    {
        if (rollout.FindFault() is { } fault)
        {
            throw new RolloutException($"This is no rollout: {fault}.");
        }

        var live = await ReadAsync(model, cancellationToken).ConfigureAwait(false);
        foreach (var arm in rollout.Arms)
        {
            if (arm.Version == live.Pointer.Version)
            {
                throw new RolloutException($"Version {arm.Version} of '{model}' is live already. Roll out another one.");
            }

            var listing = await repository.ListFilesAsync(model, arm.Version, cancellationToken).ConfigureAwait(false);
            if (!listing.IsComplete)
            {
                throw new ScoringException(
                    ErrorCode.VersionNotFound,
                    listing.Files.Count == 0
                        ? $"'{model}' has no version {arm.Version}. Publish it first: model publish DIR --name {model} --no-live"
                        : $"Version {arm.Version} of '{model}' is only half uploaded.");
            }
        }

        var pointer = await MoveAsync(model, live, live.Pointer with { Rollout = rollout, RolloutFault = null }, cancellationToken).ConfigureAwait(false);
        await RecordAsync(model, HistoryEntry.RolloutStarted, VersionsOf(rollout), null, rollout.ToString(), cancellationToken).ConfigureAwait(false);
        return pointer;
    }

    /// <summary>Leaves a rollout as it is that is under way, and tells the history that it was started where nobody did.</summary>
    /// <exception cref="ScoringException">The storage cannot be reached.</exception>
    public Task KeepAsync(string model, Rollout underWay, CancellationToken cancellationToken) =>
        CatchUpAsync(model, HistoryEntry.RolloutStarted, VersionsOf(underWay), underWay.ToString(), cancellationToken);

    /// <summary>Stops the clock of a rollout: its share stays.</summary>
    public Task<LivePointer> PauseAsync(string model, CancellationToken cancellationToken) =>
        ChangeAsync(model, HistoryEntry.RolloutPaused, (pointer, rollout) => pointer with { Rollout = rollout.Paused(time.GetUtcNow()) }, cancellationToken);

    /// <summary>Lets the clock of a rollout go on.</summary>
    public Task<LivePointer> ResumeAsync(string model, CancellationToken cancellationToken) =>
        ChangeAsync(model, HistoryEntry.RolloutResumed, (pointer, rollout) => pointer with { Rollout = rollout.Resumed(time.GetUtcNow()) }, cancellationToken);

    /// <summary>Makes a version of the rollout the live one, for requests and jobs alike.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="version">Which, where there are several; null for the only one.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<LivePointer> FinishAsync(string model, string? version, CancellationToken cancellationToken) =>
        ChangeAsync(
            model, HistoryEntry.Live, (pointer, rollout) => (pointer with { Rollout = null }).MovedTo(Winner(rollout, pointer.Version, version)), cancellationToken,
            isDoneWithoutOne: pointer => pointer.Version == version);

    /// <summary>Ends a rollout: the live version answers all.</summary>
    public Task<LivePointer> AbortAsync(string model, CancellationToken cancellationToken) =>
        ChangeAsync(model, HistoryEntry.RolloutAborted, (pointer, _) => pointer with { Rollout = null }, cancellationToken, isDoneWithoutOne: _ => true);

    /// <summary>The pointer as it is.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelNotFound"/>: the model has none, or it names no version.</exception>
    public async Task<LiveState> ReadAsync(string model, CancellationToken cancellationToken)
    {
        PackageNames.RequireModel(model);
        var live = (await repository.ReadLiveAsync(model, null, cancellationToken).ConfigureAwait(false)).State;
        return live?.Pointer.Version is null
            ? throw new ScoringException(ErrorCode.ModelNotFound, $"'{model}' has no live version that a rollout could begin from.")
            : live;
    }

    private static string Winner(Rollout rollout, string? live, string? version)
    {
        if (version is null)
        {
            return rollout.Arms.Count == 1
                ? rollout.Arms[0].Version
                : throw new RolloutException($"Say which version is to be live: {string.Join(", ", rollout.Arms.Select(arm => arm.Version))} or {live}.");
        }

        return version == live || rollout.Arms.Any(arm => arm.Version == version)
            ? version
            : throw new RolloutException($"Version {version} is not part of the rollout: expected {string.Join(", ", rollout.Arms.Select(arm => arm.Version))} or {live}.");
    }

    private async Task<LivePointer> ChangeAsync(
        string model, string action, Func<LivePointer, Rollout, LivePointer> change, CancellationToken cancellationToken, Func<LivePointer, bool>? isDoneWithoutOne = null)
    {
        var live = await ReadAsync(model, cancellationToken).ConfigureAwait(false);
        if (live.Pointer is { Rollout: null, RolloutFault: { } fault })
        {
            throw new RolloutException($"{fault}. Start another: model rollout {model} VERSION");
        }

        if (live.Pointer.Rollout is not { } rollout)
        {
            if (isDoneWithoutOne?.Invoke(live.Pointer) == true)
            {
                await CatchUpAsync(model, action, live.Pointer.Version!, CutOff, cancellationToken).ConfigureAwait(false);
                return live.Pointer;
            }

            throw new RolloutException($"No rollout of '{model}' is under way. Version {live.Pointer.Version} answers all requests.");
        }

        var changed = change(live.Pointer, rollout);
        if (changed == live.Pointer)
        {
            await CatchUpAsync(model, action, VersionsOf(rollout), CutOff, cancellationToken).ConfigureAwait(false);
            return changed;
        }

        var moved = await MoveAsync(model, live, changed, cancellationToken).ConfigureAwait(false);
        await (action == HistoryEntry.Live
            ? RecordAsync(model, action, moved.Version!, live.Pointer.Version, "the rollout was finished", cancellationToken)
            : RecordAsync(model, action, VersionsOf(rollout), null, null, cancellationToken)).ConfigureAwait(false);
        return moved;
    }

    // The history is behind the pointer where whoever moved that was cut off.
    private async Task CatchUpAsync(string model, string action, string version, string what, CancellationToken cancellationToken)
    {
        var history = (await repository.ReadHistoryAsync(model, cancellationToken).ConfigureAwait(false)).Where(entry => entry.Action is not HistoryEntry.Published and not HistoryEntry.Signed).ToList();
        var last = history.LastOrDefault();
        var begun = history.LastOrDefault(entry => entry.Action is not HistoryEntry.RolloutPaused and not HistoryEntry.RolloutResumed);
        var isBehind = action switch
        {
            HistoryEntry.RolloutStarted => begun?.Action != HistoryEntry.RolloutStarted || begun.Version != version,
            HistoryEntry.RolloutPaused => last?.Action != HistoryEntry.RolloutPaused,
            HistoryEntry.RolloutResumed => last?.Action == HistoryEntry.RolloutPaused,
            _ => begun?.Action == HistoryEntry.RolloutStarted,
        };
        if (isBehind)
        {
            // Whose rollout was aborted is told by its start alone.
            await RecordAsync(model, action, action == HistoryEntry.RolloutAborted ? begun!.Version : version, null, what, cancellationToken).ConfigureAwait(false);
        }
    }

    private static string VersionsOf(Rollout rollout) => string.Join(", ", rollout.Arms.Select(arm => arm.Version));

    private Task RecordAsync(string model, string action, string version, string? from, string? what, CancellationToken cancellationToken) =>
        new ModelHistory(repository, By, Why, time).RecordAsync(model, action, version, from, signedBy: null, what, cancellationToken);

    private async Task<LivePointer> MoveAsync(string model, LiveState live, LivePointer pointer, CancellationToken cancellationToken)
    {
        // A folder without live.json has a tag all the same: its move creates the file.
        await repository.MoveLiveAsync(model, pointer, live.Tag, cancellationToken).ConfigureAwait(false);
        return pointer;
    }
}
