using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Scoring.Features.Text.Caching;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving.Probing;
using Scoring.Telemetry;

namespace Scoring.Serving;

/// <summary>
/// Takes a version from its repository into memory: 1 fetched and verified, 2 admitted, which may take a probe, 3 given room, 4 loaded and warmed under a
/// crash marker. Whatever fails, nothing that serves is touched.
/// </summary>
internal sealed partial class VersionLoader(
    PackageCache cache, VersionAdmission admission, VerdictStore verdicts, CrashMarkers markers, LoadedVersions loaded, NativeThread native, SessionSettings settings, TokenCache tokens, ScoringMetrics metrics,
    TimeProvider time, ILogger<VersionLoader> log)
{
    // An estimate of a session's memory where no probe measured it: its weights and, for part of them, a repacked copy; at least the arena of a small model.
    private const double MemoryPerPackageByte = 1.5;
    private const long MinMemoryBytes = 4L << 20;

    // The first load of any model costs a process this much once, mostly for compiled code. A probe is a new process, so it measures this with every version.
    private const long FirstLoadBytes = 24L << 20;

    /// <summary>Loads a version.</summary>
    /// <returns>Null when there is no such version.</returns>
    /// <exception cref="PackageFaultException">What the repository holds is no package.</exception>
    /// <exception cref="VersionRefusedException">The version was judged and is not to be served.</exception>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: it cannot be loaded now; trying again may help.</exception>
    public async Task<ServedVersion?> LoadAsync(LoadRequest request, CancellationToken cancellationToken)
    {
        try
        {
            // 1. To the local disk.
            if (await cache.FetchAsync(request.Model, request.Version, request.From, cancellationToken).ConfigureAwait(false) is not { } fetched)
            {
                return null;
            }

            Record(fetched);

            // 2. May it come in?
            var package = fetched.Package;
            var estimate = MinMemoryBytes + (long)(package.Bytes * MemoryPerPackageByte);
            var admitted = await admission.AdmitAsync(package, request, estimate, cancellationToken).ConfigureAwait(false);

            // 3. Room beside what serves.
            var bytes = Math.Max(estimate, (admitted.Verdict?.Report.MemoryBytes ?? 0) - FirstLoadBytes);
            loaded.Reserve(request.Model, request.Version, bytes, request.Beside);
            try
            {
                // 4. In.
                var model = await LoadMarkedAsync(package, request.PointerTag, admitted.Verdict, cancellationToken).ConfigureAwait(false);
                return new ServedVersion(model, bytes, admitted.Caution ?? admitted.Verdict?.Report.Warning, native, time);
            }
            finally
            {
                loaded.Unreserve(bytes);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogFailed(Cause.Trace(e), request.Model, request.Version, Cause.Of(e));
            throw;
        }
    }

    private async Task<LoadedModel> LoadMarkedAsync(ModelPackage package, string? pointerTag, Verdict? verdict, CancellationToken cancellationToken)
    {
        LoadedModel model;
        var isProven = verdict is { HasServed: true };
        await using (await markers.PlaceAsync(package, pointerTag, inContainer: !isProven, cancellationToken).ConfigureAwait(false))
        {
            model = await native.LoadAsync(() => Load(package, warmsUp: verdict is not { Report.SkipsWarmUp: true }), cancellationToken).ConfigureAwait(false);
        }

        LogLoaded(package.Name, package.Version, package.Sha256);
        foreach (var reason in model.Providers.Skipped)
        {
            LogSkipped(package.Name, package.Version, reason);
        }

        if (!isProven)
        {
            // Nobody waits for this. It spares the next process the crash markers; where it fails, the next process places them once more.
            _ = RememberAsync(package.ContentHash, verdict);
        }

        return model;
    }

    private async Task RememberAsync(string contentHash, Verdict? verdict)
    {
        await markers.ForgetAsync(contentHash, CancellationToken.None).ConfigureAwait(false);
        if (verdict is not null)
        {
            await verdicts.SaveAsync(verdict with { HasServed = true }, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private LoadedModel Load(ModelPackage package, bool warmsUp)
    {
        var started = time.GetTimestamp();
        LoadedModel? model = null;
        try
        {
            model = LoadedModel.Load(package, settings, tokens);
            metrics.LoadPhaseCompleted(package.Name, package.Version, LoadPhase.Session, time.GetElapsedTime(started));
            started = time.GetTimestamp();
            if (warmsUp && model.WarmUp() is { } fault)
            {
                LogCold(package.Name, package.Version, fault.Reason);
            }

            metrics.LoadPhaseCompleted(package.Name, package.Version, LoadPhase.Warmup, time.GetElapsedTime(started));
            if (model.Config.ConfidenceBaseline is { Count: > 0 } baseline)
            {
                metrics.ConfidenceBaseline(package.Name, package.Version, [.. baseline]);
            }

            return model;
        }
        catch (Exception e) when (e is ScoringException or OnnxRuntimeException)
        {
            model?.Dispose();
            throw Judge(package, e);
        }
    }

    // A version that does not load is refused for good, unless the fault lies with the machine: too little memory, or a file gone from the disk. Then a later try may succeed.
    private static ScoringException Judge(ModelPackage package, Exception exception)
    {
        var native = exception as OnnxRuntimeException ?? exception.InnerException as OnnxRuntimeException;
        var reason = exception is ScoringException ? exception.Message : $"Version {package.Version} of '{package.Name}' cannot be loaded.";
        return (native is not null && NativeFailure.IsLackOfMemory(native)) || !File.Exists(package.ModelPath)
            ? new ScoringException(ErrorCode.ModelUnavailable, reason, exception)
            : new VersionRefusedException(RefusalKind.Load, reason, exception);
    }

    private void Record(FetchedPackage fetched)
    {
        var (model, version) = (fetched.Package.Name, fetched.Package.Version);
        metrics.LoadPhaseCompleted(model, version, LoadPhase.Download, fetched.Download);
        metrics.LoadPhaseCompleted(model, version, LoadPhase.Verify, fetched.Verify);
        if (fetched.FromCache)
        {
            metrics.CacheHit("package");
        }
        else
        {
            metrics.CacheMiss("package");
        }
    }

    [LoggerMessage(EventId = 2020, Level = LogLevel.Information, Message = "Loaded {Model} version {Version}, sha256 {Sha256}")]
    private partial void LogLoaded(string model, string version, string sha256);

    [LoggerMessage(EventId = 2023, Level = LogLevel.Warning, Message = "{Model} version {Version} is served without one of its execution providers. {Reason}")]
    private partial void LogSkipped(string model, string version, string reason);

    [LoggerMessage(EventId = 2022, Level = LogLevel.Warning, Message = "{Model} version {Version} is not warmed up, since a run on made-up rows fails: {Reason}")]
    private partial void LogCold(string model, string version, string reason);

    [LoggerMessage(EventId = 2021, Level = LogLevel.Warning, Message = "{Model} version {Version} cannot be loaded: {Cause}")]
    private partial void LogFailed(Exception? exception, string model, string version, string cause);
}
