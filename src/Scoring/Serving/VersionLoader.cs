using Microsoft.Extensions.Logging;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Telemetry;

namespace Scoring.Serving;

/// <summary>
/// Takes a version from its repository into memory: 1 fetched and verified, 2 given room, 3 loaded, 4 warmed.
/// Whatever fails, nothing that serves is touched.
/// </summary>
internal sealed partial class VersionLoader(
    PackageCache cache, LoadedVersions loaded, SessionSettings settings, ScoringMetrics metrics, TimeProvider time, ILogger<VersionLoader> log)
{
    // A session's weights are copied and prepacked once; small models cost their arenas.
    private const double MemoryPerPackageByte = 1.5;
    private const long LeastMemoryBytes = 4L << 20;

    /// <summary>Loads a version.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="version">The version's number.</param>
    /// <param name="from">Where to look for it.</param>
    /// <param name="beside">The version that it is to replace, which serves on until then; null when there is none.</param>
    /// <param name="cancellationToken">Gives the load up.</param>
    /// <returns>Null when there is no such version.</returns>
    /// <exception cref="PackageFaultException">What the repository holds is no package.</exception>
    /// <exception cref="VersionRefusedException">The version was judged and is not to be served.</exception>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: it cannot be loaded now; trying again may help.</exception>
    public async Task<ServedVersion?> LoadAsync(string model, string version, FetchFrom from, ServedVersion? beside, CancellationToken cancellationToken)
    {
        try
        {
            // 1. To the local disk.
            if (await cache.FetchAsync(model, version, from, cancellationToken).ConfigureAwait(false) is not { } fetched)
            {
                return null;
            }

            Record(fetched);

            // 2. Room beside what serves.
            var bytes = Estimate(fetched.Package);
            loaded.Reserve(model, version, bytes, beside);
            try
            {
                // 3. and 4. A native load takes its time: not on a thread of the pool.
                var loadedModel = await Task.Factory
                    .StartNew(() => Load(fetched.Package), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                    .ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                LogLoaded(model, version, fetched.Package.Sha256);
                return new ServedVersion(loadedModel, bytes, time);
            }
            finally
            {
                loaded.Unreserve(bytes);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogFailed(e, model, version);
            throw;
        }
    }

    private LoadedModel Load(ModelPackage package)
    {
        var started = time.GetTimestamp();
        LoadedModel? model = null;
        try
        {
            model = LoadedModel.Load(package, settings);
            metrics.LoadPhaseCompleted(package.Name, package.Version, LoadPhase.Session, time.GetElapsedTime(started));
            started = time.GetTimestamp();
            model.WarmUp();
            metrics.LoadPhaseCompleted(package.Name, package.Version, LoadPhase.Warmup, time.GetElapsedTime(started));
            return model;
        }
        catch (Exception e) when (e is ScoringException or Microsoft.ML.OnnxRuntime.OnnxRuntimeException)
        {
            model?.Dispose();
            throw Judge(package, e);
        }
    }

    // A model that does not load is judged, unless the disk or the memory is to blame: then the next try may succeed.
    private static ScoringException Judge(ModelPackage package, Exception exception)
    {
        var isShort = exception.Message.Contains("allocat", StringComparison.OrdinalIgnoreCase) || exception.Message.Contains("bad_alloc", StringComparison.OrdinalIgnoreCase);
        var reason = exception is ScoringException ? exception.Message : $"Version {package.Version} of '{package.Name}' cannot be loaded.";
        return isShort || !File.Exists(package.ModelPath)
            ? new ScoringException(ErrorCode.ModelUnavailable, reason, exception)
            : new VersionRefusedException(RefusalKind.Load, reason, exception);
    }

    private static long Estimate(ModelPackage package) => LeastMemoryBytes + (long)(package.Bytes * MemoryPerPackageByte);

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

    [LoggerMessage(EventId = 2021, Level = LogLevel.Warning, Message = "{Model} version {Version} cannot be loaded")]
    private partial void LogFailed(Exception exception, string model, string version);
}
