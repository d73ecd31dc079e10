using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Scoring.Configuration;
using Scoring.Features.Text.Caching;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving.Isolation;
using Scoring.Serving.Probing;
using Scoring.Telemetry;

namespace Scoring.Serving;

/// <summary>
/// Takes a version from its repository into memory: 1 fetched and verified, 2 admitted, which may take a probe, 3 given room, 4 loaded and warmed: under a
/// crash marker, or in a process of its own. Whatever fails, nothing that serves is touched.
/// </summary>
internal sealed partial class VersionLoader(
    PackageCache cache, VersionAdmission admission, VerdictStore verdicts, CrashMarkers markers, LoadedVersions loaded, ModelIsolation isolation, GivenUpVersions givenUp, NativeThread native, SessionSettings settings, TokenCache tokens, ScoringMetrics metrics,
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
            request = request with { IsIsolated = isolation.Wants(package) };
            var admitted = await admission.AdmitAsync(package, request, estimate, cancellationToken).ConfigureAwait(false);
            request = request with { IsIsolated = request.IsIsolated || admitted.Verdict is { Report.NeedsIsolation: true } };

            // 3. Room beside what serves.
            var bytes = Math.Max(estimate, (admitted.Verdict?.Report.MemoryBytes ?? 0) - FirstLoadBytes) + (request.IsIsolated ? ModelChild.BareBytes : 0);
            var need = new ModelMemory(bytes, DeviceMemory.Of(settings.With(SessionOf(package)), bytes));
            loaded.Reserve(request.Model, request.Version, need, request.Beside);
            try
            {
                // 4. In.
                if (request.IsIsolated)
                {
                    return await LoadIsolatedAsync(package, request.PointerTag, admitted, need).ConfigureAwait(false);
                }

                var (model, fault) = await LoadMarkedAsync(package, request, admitted.Verdict, cancellationToken).ConfigureAwait(false);

                // A provider that was left out takes nothing.
                var used = model.Settings with { ExecutionProviders = model.Providers.Names };
                return new ServedVersion(model, need with { DeviceBytes = DeviceMemory.Of(used, bytes) }, Caution(admitted, fault), native, time) { Cage = admitted.Verdict?.Report.Cage };
            }
            finally
            {
                loaded.Unreserve(need);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogFailed(Cause.Trace(e), request.Model, request.Version, Cause.Of(e));
            if (e is ScoringException)
            {
                throw;
            }

            throw new ScoringException(ErrorCode.ModelUnavailable, $"Version {request.Version} of '{request.Model}' could not be loaded.", e);
        }
    }

    // A file that cannot be read is refused at the load, with every fault of it.
    private static SessionConfig? SessionOf(ModelPackage package)
    {
        try
        {
            return ModelConfigReader.ReadFile(package.ConfigPath).Session;
        }
        catch (ScoringException)
        {
            return null;
        }
    }

    private static string? Caution(VersionAdmission.Admission admitted, WarmUpFault? fault) => (admitted.Caution, admitted.Verdict?.Report.Warning ?? fault?.Warning) switch
    {
        (null, var warning) => warning,
        (var caution, null) => caution,
        var (caution, warning) => $"{caution} {warning}",
    };

    private async Task<(LoadedModel Model, WarmUpFault? Fault)> LoadMarkedAsync(ModelPackage package, LoadRequest request, Verdict? verdict, CancellationToken cancellationToken)
    {
        LoadedModel model;
        WarmUpFault? fault;
        var isProven = verdict is { HasServed: true };
        CrashMarkers.LoadMark? mark = null;
        try
        {
            // 1. The session. The mark is placed once it is this load's turn: a process that dies meanwhile dies of another.
            model = await native.LoadAsync(
                () =>
                {
                    mark = markers.PlaceAsync(package, request.PointerTag, inContainer: !isProven, CancellationToken.None).GetAwaiter().GetResult();
                    return Open(package, open: null);
                },
                request.Urgency,
                cancellationToken).ConfigureAwait(false);

            // 2. Its first run, which may take as long as it likes: no other load waits.
            fault = await ApartAsync(() => WarmUp(model, package, verdict)).ConfigureAwait(false);
        }
        finally
        {
            if (mark is not null)
            {
                await mark.DisposeAsync().ConfigureAwait(false);
            }
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

        return (model, fault);
    }

    // Nothing of it is loaded here, so no mark is needed, and no other load waits.
    private async Task<ServedVersion> LoadIsolatedAsync(ModelPackage package, string? pointerTag, VersionAdmission.Admission admitted, ModelMemory need)
    {
        ServedVersion? served = null;
        var (model, fault) = await ApartAsync(() =>
        {
            var opened = Open(package, options => isolation.Open(package, options, GiveUp));
            return (opened, WarmUp(opened, package, admitted.Verdict));
        }).ConfigureAwait(false);
        LogLoaded(package.Name, package.Version, package.Sha256);
        Volatile.Write(ref served, new ServedVersion(model, need, Caution(admitted, fault), native, time) { Cage = admitted.Verdict?.Report.Cage });
        return served;

        void GiveUp(string reason)
        {
            givenUp.Add(package.ContentHash, pointerTag, reason);
            if (Volatile.Read(ref served) is { } version)
            {
                version.OnGivenUp?.Invoke(version);
            }
        }
    }

    private async Task RememberAsync(string contentHash, Verdict? verdict)
    {
        await markers.ForgetAsync(contentHash, CancellationToken.None).ConfigureAwait(false);
        if (verdict is not null)
        {
            await verdicts.SaveAsync(verdict with { HasServed = true }, CancellationToken.None).ConfigureAwait(false);
        }
    }

    // On a thread of its own, which may block.
    private static Task<T> ApartAsync<T>(Func<T> act) => Task.Factory.StartNew(act, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private LoadedModel Open(ModelPackage package, Func<SessionSettings, ModelSession>? open)
    {
        var started = time.GetTimestamp();
        try
        {
            var model = LoadedModel.Load(package, settings, tokens, open);
            metrics.LoadPhaseCompleted(package.Name, package.Version, LoadPhase.Session, time.GetElapsedTime(started));
            return model;
        }
        catch (Exception e)
        {
            throw Judge(package, e);
        }
    }

    private WarmUpFault? WarmUp(LoadedModel model, ModelPackage package, Verdict? verdict)
    {
        var started = time.GetTimestamp();
        try
        {
            var fault = verdict is { Report.SkipsWarmUp: true } ? null : model.WarmUp();
            if (fault is not null)
            {
                LogCold(package.Name, package.Version, fault.Reason);
                if (fault.LacksMemory && verdict is null && !PackageTrial.Proves(model, package.GoldenPath))
                {
                    throw new VersionRefusedException(RefusalKind.Load, PackageTrial.Unpayable(fault));
                }
            }

            metrics.LoadPhaseCompleted(package.Name, package.Version, LoadPhase.Warmup, time.GetElapsedTime(started));
            Describe(model, package);
            return fault;
        }
        catch (Exception e)
        {
            native.Unload(model.Dispose);
            throw Judge(package, e);
        }
    }

    private void Describe(LoadedModel model, ModelPackage package)
    {
        if (model.Config.ConfidenceBaseline is { Count: > 0 } baseline)
        {
            metrics.ConfidenceBaseline(package.Name, package.Version, [.. baseline]);
        }

        if (metrics.Drift(package.Name, package.Version, package.ContentHash, FeatureCounting.Describe(model.Bins)) is { } drift && model.Bins is { } bins)
        {
            model.Counting = new FeatureCounting(bins, drift);
        }

        if (model.Config.MaxCalibrationError is { } limit)
        {
            metrics.CalibrationLimit(package.Name, package.Version, limit);
        }
    }

    // A version that does not load is refused for good, unless the fault lies with the machine: too little memory, or a disk that fails or lost the file. Then a later try may succeed.
    private static ScoringException Judge(ModelPackage package, Exception exception)
    {
        if (exception is VersionRefusedException judged)
        {
            return judged;
        }

        var native = exception as OnnxRuntimeException ?? exception.InnerException as OnnxRuntimeException;
        var about = RunFailure.IsOfTheModel(exception) || IsOfTheMachine(exception) ? "." : $": {exception.Message}";
        var reason = exception is ScoringException ? exception.Message : $"Version {package.Version} of '{package.Name}' cannot be loaded{about}";
        return (native is not null && NativeFailure.IsLackOfMemory(native) && !NativeFailure.IsBeyondAnyMachine(native)) || IsOfTheMachine(exception) || !File.Exists(package.ModelPath)
            ? new ScoringException(ErrorCode.ModelUnavailable, reason, exception)
            : new VersionRefusedException(RefusalKind.Load, reason, exception);
    }

    // A file that the package lacks or that ends early is the package's own fault.
    private static bool IsOfTheMachine(Exception exception) =>
        exception is OutOfMemoryException or UnauthorizedAccessException or (IOException and not (FileNotFoundException or DirectoryNotFoundException or EndOfStreamException));

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
