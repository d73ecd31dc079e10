using Microsoft.Extensions.Logging;
using Scoring.Repository;
using Scoring.Telemetry;

namespace Scoring.Serving;

/// <summary>
/// Follows the live pointer of one model: finds the version that is to answer at first, and swaps to another when the pointer moves.
/// A version that is refused or cannot be had leaves the one that serves in place; where none serves yet, the last good one answers.
/// </summary>
internal sealed partial class LiveFollower(
    string model, bool isKept, PackageCache cache, PointerCache pointers, VersionLoader loader, LoadedVersions loaded,
    ScoringOptions options, ScoringMetrics metrics, TimeProvider time, ILogger log) : IDisposable
{
    private const int MaxFallbacks = 4;

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly PointerWatch pointer = new(model, cache.Repository, time, log);
    private readonly LiveAttempts attempts = new(model, cache.Repository, options.RefreshInterval, metrics, time, log);
    private volatile ServedVersion? live;
    private int waiting;

    /// <summary>The version that answers; null before the first load and after it was unloaded for others.</summary>
    public ServedVersion? Live => live;

    /// <summary>The pointer as it is known; null before it was read.</summary>
    public LiveState? Pointer => pointer.State;

    /// <summary>Gives a version that is in memory already, which the caller then has; null where it is not.</summary>
    public Func<string, ServedVersion?>? Adopt { get; set; }

    /// <summary>True when what answers came from a remembered pointer that was not confirmed since.</summary>
    public bool NeedsRefresh => pointer.IsAssumed;

    /// <summary>Finds and loads the version that is to answer.</summary>
    /// <param name="urgency">Who waits for it.</param>
    /// <param name="cancellationToken">Ends the load.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelNotFound"/>, or <see cref="ErrorCode.ModelUnavailable"/> with the reason.</exception>
    public async Task<ServedVersion> LoadAsync(LoadUrgency urgency, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (live is { } present)
            {
                return present;
            }

            var cached = pointers.Find(model);
            var from = await FindPointerAsync(cached, cancellationToken).ConfigureAwait(false);
            return await LoadBestAsync(cached, from, urgency, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Reads the pointer, and swaps when it moved; returns at once when another caller waits to do so already. Failures are logged and shown, not thrown.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref waiting, 1) == 1)
        {
            return;
        }

        try
        {
            await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref waiting, 0);
        }

        try
        {
            // Unloaded for others, or never loaded: the next request asks anew.
            if (live is { } serving && await IsSwapDueAsync(serving, cancellationToken).ConfigureAwait(false))
            {
                await SwapAsync(serving, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Forgets an answering version that was unloaded for others.</summary>
    public void Forget(ServedVersion version)
    {
        if (Interlocked.CompareExchange(ref live, null, version) == version && version.IsGivenUp)
        {
            // Nobody need ask for the last good version to have it answer.
            _ = Task.Run(ReplaceAsync);
        }
    }

    /// <summary>What is known without asking the repository.</summary>
    public ModelStatus Status()
    {
        var (serving, state) = (live, pointer.State);
        return new ModelStatus(model)
        {
            Version = serving?.Package.Version,
            Sha256 = serving?.Package.Sha256,
            Source = serving?.Package.Source,
            Signature = serving?.Package.Signature,
            LoadedAt = serving?.LoadedAt,
            MemoryBytes = serving?.Memory.Bytes ?? 0,
            Cage = serving?.Cage,
            Process = serving?.Process,
            LiveVersion = state?.Pointer.Version,
            LiveSince = state?.Since,
            Refused = attempts.Refused,
            IsStale = pointer.StaleReason is not null,
            Remark = attempts.WaitReason ?? pointer.Fault ?? pointer.StaleReason ?? state?.Pointer.RolloutFault ?? serving?.Caution,
            CheckedAt = pointer.CheckedAt,
        };
    }

    public void Dispose() => turn.Dispose();

    private async Task<ServedVersion> LoadAsync(string version, FetchFrom from, LoadUrgency urgency, CancellationToken cancellationToken, bool isLastResort = false) =>
        await loader.LoadAsync(
            new LoadRequest(model, version, from) { Beside = live, PointerTag = pointer.State!.Tag, IsLastResort = isLastResort, Urgency = urgency }, cancellationToken).ConfigureAwait(false)
        ?? throw new PackageFaultException($"The live pointer of '{model}' names version {version}, which the repository does not have.");

    // True when the pointer names another version than the one that answers, and the next try of that version is due.
    private async Task<bool> IsSwapDueAsync(ServedVersion serving, CancellationToken cancellationToken)
    {
        switch (await pointer.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            case PointerChange.Moved:
                return true;
            case PointerChange.Unmoved or PointerChange.Rescheduled when pointer.State!.Pointer.Version == serving.Package.Version:
                attempts.Succeeded();
                pointers.Confirm(model, pointer.State, serving.Package.Version);
                return false;
            case PointerChange.Unmoved or PointerChange.Rescheduled:
                return pointer.State!.Pointer.Version is { } wanted && await attempts.IsDueAsync(wanted, cancellationToken).ConfigureAwait(false);
            default:
                if (pointer.Failure is PackageFaultException fault)
                {
                    attempts.PointerRefused(fault);
                }

                return false;
        }
    }

    private async Task SwapAsync(ServedVersion serving, CancellationToken cancellationToken)
    {
        if (pointer.State!.Pointer.Version is not { } wanted)
        {
            attempts.NothingWanted();
            return;
        }

        try
        {
            var next = Adopt?.Invoke(wanted) ?? await LoadAsync(wanted, FetchFrom.Repository, new LoadUrgency(), cancellationToken).ConfigureAwait(false);
            attempts.Succeeded();
            if (next.Package.ContentHash == serving.Package.ContentHash && next.Package.Version == serving.Package.Version)
            {
                // The pointer was written again and leads to the same content.
                next.Retire();
                pointers.Confirm(model, pointer.State, wanted);
            }
            else
            {
                Answer(next, serving);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var failure = e as ScoringException ?? new ScoringException(ErrorCode.ModelUnavailable, $"Version {wanted} of '{model}' could not be loaded.", e);
            await attempts.FailedAsync(wanted, failure, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Answer(ServedVersion version, ServedVersion? previous)
    {
        // Before it is counted: one that is given up or unloaded at once is taken out again.
        live = version;
        loaded.Add(version, isOnDemand: false, isKept, Forget);
        metrics.ModelSwapped(model, previous?.Package.Version ?? "", version.Package.Version);
        pointers.Confirm(model, pointer.State!, version.Package.Version);
        if (previous is not null)
        {
            previous.Model.IsBesideLive = true;
            previous.Retire();
            LogSwapped(model, previous.Package.Version, version.Package.Version);
        }

        // Nobody waits for what else is on the disk.
        _ = Task.Run(() => cache.Trim(loaded.IsLoaded));
    }

    private async Task ReplaceAsync()
    {
        try
        {
            await LoadAsync(new LoadUrgency(), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The next request tries again and is told why.
            LogUnreplaced(Cause.Trace(e), model, Cause.Of(e));
        }
    }

    private ScoringException NotFound() => new(ErrorCode.ModelNotFound, $"There is no model '{model}', or none of its versions is live.");

    [LoggerMessage(EventId = 2030, Level = LogLevel.Information, Message = "{Model} answers by version {To}, before by {From}")]
    private partial void LogSwapped(string model, string from, string to);

    [LoggerMessage(EventId = 2034, Level = LogLevel.Warning, Message = "{Model} has no version that answers: {Cause}")]
    private partial void LogUnreplaced(Exception? exception, string model, string cause);

    [LoggerMessage(EventId = 2032, Level = LogLevel.Warning, Message = "{Model} answers by version {Version} instead of {Wanted}: {Reason}")]
    private partial void LogFallback(string model, string version, string wanted, string reason);
}
