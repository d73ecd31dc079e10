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
    private const int MostFallbacks = 4;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim turn = new(1, 1);
    private volatile ServedVersion? live;
    private volatile LiveState? state;
    private volatile RefusedVersion? refused;
    private volatile string? staleReason;
    private volatile string? waitReason;
    private string? refusedTag;
    private long checkedAtTicks;
    private int failures;
    private long failedAt;

    /// <summary>The version that answers; null before the first load and after it was unloaded for others.</summary>
    public ServedVersion? Live => live;

    /// <summary>True when the answering version came from a cached pointer that was not confirmed since.</summary>
    public bool NeedsRefresh { get; private set; }

    /// <summary>Finds and loads the version that is to answer.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelNotFound"/>, or <see cref="ErrorCode.ModelUnavailable"/> with the reason.</exception>
    public async Task<ServedVersion> LoadAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (live is { } present)
            {
                return present;
            }

            var cached = pointers.Find(model);
            var from = FetchFrom.CacheFirst;
            if (cached is not null && pointers.IsFresh(cached, options.CachedPointerLifetime))
            {
                state = new LiveState(cached.Pointer, cached.Tag, cached.Since);
                NeedsRefresh = true;
            }
            else
            {
                from = await ReadFirstAsync(cached, cancellationToken).ConfigureAwait(false);
            }

            return await LoadBestAsync(cached, from, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Reads the pointer if nobody does so now, and swaps when it moved. Failures are logged and shown, not thrown.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (!await turn.WaitAsync(0, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        try
        {
            // Unloaded for others, or never loaded: the next request asks anew.
            if (live is { } serving && await PointerMovedAsync(cancellationToken).ConfigureAwait(false))
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
    public void Forget(ServedVersion version) => Interlocked.CompareExchange(ref live, null, version);

    /// <summary>What is known without asking the repository.</summary>
    public ModelStatus Status()
    {
        var (serving, pointer, stale) = (live, state, staleReason);
        var ticks = Volatile.Read(ref checkedAtTicks);
        return new ModelStatus(model)
        {
            Version = serving?.Package.Version,
            Sha256 = serving?.Package.Sha256,
            Source = serving?.Package.Source,
            LoadedAt = serving?.LoadedAt,
            MemoryBytes = serving?.MemoryBytes ?? 0,
            LiveVersion = pointer?.Pointer.Version,
            LiveSince = pointer?.Since,
            Refused = refused,
            IsStale = stale is not null,
            Remark = waitReason ?? stale ?? serving?.Caution,
            CheckedAt = ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero),
        };
    }

    public void Dispose() => turn.Dispose();

    // At first there is nothing to serve meanwhile: the pointer is awaited, and a cached one stands in where the storage is away.
    private async Task<FetchFrom> ReadFirstAsync(CachedPointer? cached, CancellationToken cancellationToken)
    {
        try
        {
            var read = await cache.Repository.ReadLiveAsync(model, null, cancellationToken).ConfigureAwait(false);
            Checked();
            if (read.State is null)
            {
                pointers.Forget(model);
                state = null;
                throw NotFound();
            }

            state = read.State;
            return read.State.Tag == cached?.Tag ? FetchFrom.CacheFirst : FetchFrom.Repository;
        }
        catch (PackageFaultException e) when (cached is not null)
        {
            Refuse(null, RefusalKind.Package, e, listingTag: null);
            waitReason = e.Message;
        }
        catch (ScoringException e) when (cached is not null && e.Code == ErrorCode.ModelUnavailable)
        {
            Stale(e);
        }

        state = new LiveState(cached!.Pointer, cached.Tag, cached.Since);
        return FetchFrom.CacheFirst;
    }

    private async Task<ServedVersion> LoadBestAsync(CachedPointer? cached, FetchFrom from, CancellationToken cancellationToken)
    {
        if (state!.Pointer.Version is not { } wanted)
        {
            throw NotFound();
        }

        ScoringException failure;
        try
        {
            var version = await LoadAsync(wanted, from, cancellationToken).ConfigureAwait(false);
            waitReason = staleReason is null ? null : waitReason;
            Answer(version, previous: null);
            return version;
        }
        catch (ScoringException e)
        {
            await NoteAsync(wanted, e, cancellationToken).ConfigureAwait(false);
            failure = e;
        }

        // While the storage is away only what the disk has can answer; a refused version may be replaced by any earlier one.
        var source = IsRefusal(failure) ? FetchFrom.CacheFirst : FetchFrom.Cache;
        foreach (var version in Fallbacks(wanted, cached))
        {
            try
            {
                var fallback = await LoadAsync(version, source, cancellationToken).ConfigureAwait(false);
                LogFallback(model, version, wanted, failure.Message);
                Answer(fallback, previous: null);
                return fallback;
            }
            catch (ScoringException)
            {
                // Logged by the loader; the live version's failure is what matters.
            }
        }

        if (failure is VersionRefusedException { Kind: RefusalKind.Marker })
        {
            // A process died of it, which need not have been its fault, and nothing else can answer.
            var again = await LoadAsync(wanted, FetchFrom.CacheFirst, cancellationToken, isLastResort: true).ConfigureAwait(false);
            Answer(again, previous: null);
            return again;
        }

        throw failure;
    }

    private IEnumerable<string> Fallbacks(string wanted, CachedPointer? cached) =>
        new[] { cached?.Good }.Concat(state!.Pointer.History ?? []).OfType<string>().Where(v => v != wanted).Distinct().Take(MostFallbacks);

    private async Task<ServedVersion> LoadAsync(string version, FetchFrom from, CancellationToken cancellationToken, bool isLastResort = false) =>
        await loader.LoadAsync(new LoadRequest(model, version, from) { Beside = live, PointerTag = state!.Tag, IsLastResort = isLastResort }, cancellationToken).ConfigureAwait(false)
        ?? throw new PackageFaultException($"The live pointer of '{model}' names version {version}, which the repository does not have.");

    // True when the pointer names something else than what answers, and it is time to try that.
    private async Task<bool> PointerMovedAsync(CancellationToken cancellationToken)
    {
        LiveRead read;
        try
        {
            read = await cache.Repository.ReadLiveAsync(model, NeedsRefresh ? null : state?.Tag, cancellationToken).ConfigureAwait(false);
        }
        catch (PackageFaultException e)
        {
            Checked();
            if (refused?.Reason != e.Message)
            {
                Refuse(null, RefusalKind.Package, e, listingTag: null);
            }

            waitReason = e.Message;
            return false;
        }
        catch (ScoringException e)
        {
            Stale(e);
            return false;
        }

        Checked();
        NeedsRefresh = false;
        if (!read.IsUnchanged && read.State is null)
        {
            waitReason = $"The live pointer of '{model}' is gone.";
            return false;
        }

        if (!read.IsUnchanged && read.State!.Tag != state?.Tag)
        {
            state = read.State;
            failures = 0;
            return true;
        }

        if (state!.Pointer.Version == live?.Package.Version)
        {
            waitReason = null;
            pointers.Confirm(model, state, live!.Package.Version);
            return false;
        }

        return await IsDueAsync(cancellationToken).ConfigureAwait(false);
    }

    // A refused version is tried again when its files change, one that could not be had after a growing pause.
    private async Task<bool> IsDueAsync(CancellationToken cancellationToken)
    {
        if (state!.Pointer.Version is not { } wanted)
        {
            return false;
        }

        if (refused?.Version == wanted && refusedTag is not null)
        {
            return await ListingTagAsync(wanted, cancellationToken).ConfigureAwait(false) is { } tag && tag != refusedTag;
        }

        var pause = options.RefreshInterval * Math.Pow(2, Math.Min(failures, 10));
        return failures == 0 || time.GetElapsedTime(failedAt) >= (pause < LongestPause ? pause : LongestPause) - options.RefreshInterval;
    }

    private async Task SwapAsync(ServedVersion serving, CancellationToken cancellationToken)
    {
        if (state!.Pointer.Version is not { } wanted)
        {
            waitReason = $"The live pointer of '{model}' names no version.";
            return;
        }

        try
        {
            var next = await LoadAsync(wanted, FetchFrom.Repository, cancellationToken).ConfigureAwait(false);
            if (next.Package.ContentHash == serving.Package.ContentHash && next.Package.Version == serving.Package.Version)
            {
                // The pointer was written again and leads to the same content.
                next.Retire();
                pointers.Confirm(model, state, wanted);
            }
            else
            {
                Answer(next, serving);
            }

            waitReason = null;
            failures = 0;
        }
        catch (ScoringException e)
        {
            await NoteAsync(wanted, e, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await NoteAsync(wanted, new ScoringException(ErrorCode.ModelUnavailable, $"Version {wanted} of '{model}' could not be loaded.", e), cancellationToken).ConfigureAwait(false);
        }
    }

    private void Answer(ServedVersion version, ServedVersion? previous)
    {
        loaded.Add(version, isOnDemand: false, isKept, Forget);
        live = version;
        metrics.ModelSwapped(model, previous?.Package.Version ?? "", version.Package.Version);
        pointers.Confirm(model, state!, version.Package.Version);
        if (previous is not null)
        {
            previous.Retire();
            LogSwapped(model, previous.Package.Version, version.Package.Version);
        }

        cache.Trim(loaded.IsLoaded);
    }

    private async Task NoteAsync(string version, ScoringException failure, CancellationToken cancellationToken)
    {
        failures++;
        failedAt = time.GetTimestamp();
        waitReason = $"Version {version} is not served: {failure.Message}";
        if (IsRefusal(failure))
        {
            var kind = failure is VersionRefusedException { Kind: var judged } ? judged : RefusalKind.Package;
            Refuse(version, kind, failure, await ListingTagAsync(version, cancellationToken).ConfigureAwait(false));
        }
    }

    private static bool IsRefusal(ScoringException failure) => failure is VersionRefusedException or PackageFaultException;

    private async Task<string?> ListingTagAsync(string version, CancellationToken cancellationToken)
    {
        try
        {
            return (await cache.Repository.ListFilesAsync(model, version, cancellationToken).ConfigureAwait(false)).Tag();
        }
        catch (ScoringException)
        {
            return null;
        }
    }

    private void Refuse(string? version, RefusalKind kind, ScoringException failure, string? listingTag)
    {
        refused = new RefusedVersion(version, kind, failure.Message, time.GetUtcNow());
        refusedTag = listingTag;
        metrics.ModelRefused(model, version ?? "", NameOf(kind));
        LogRefused(model, version, failure.Message, live?.Package.Version);
    }

    private static string NameOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Package => "package",
        RefusalKind.Load => "load",
        RefusalKind.Crash => "crash",
        RefusalKind.Timeout => "timeout",
        RefusalKind.Memory => "memory",
        RefusalKind.Golden => "golden",
        _ => "marker",
    };

    private void Checked()
    {
        Volatile.Write(ref checkedAtTicks, time.GetUtcNow().UtcTicks);
        staleReason = null;
    }

    private void Stale(ScoringException failure)
    {
        if (staleReason is null)
        {
            LogStale(failure, model);
        }

        staleReason = failure.Message;
    }

    private ScoringException NotFound() => new(ErrorCode.ModelNotFound, $"There is no model '{model}', or none of its versions is live.");

    [LoggerMessage(EventId = 2030, Level = LogLevel.Information, Message = "{Model} answers by version {To}, before by {From}")]
    private partial void LogSwapped(string model, string from, string to);

    [LoggerMessage(EventId = 2031, Level = LogLevel.Error, Message = "{Model} version {Version} is refused: {Reason} Version {Serving} goes on.")]
    private partial void LogRefused(string model, string? version, string reason, string? serving);

    [LoggerMessage(EventId = 2032, Level = LogLevel.Warning, Message = "{Model} answers by version {Version} instead of {Wanted}: {Reason}")]
    private partial void LogFallback(string model, string version, string wanted, string reason);

    [LoggerMessage(EventId = 2033, Level = LogLevel.Warning, Message = "The live pointer of {Model} cannot be read; what is known goes on")]
    private partial void LogStale(Exception exception, string model);
}
