using Microsoft.Extensions.Logging;
using Scoring.Repository;
using Scoring.Serving.Isolation;
using Scoring.Telemetry;

namespace Scoring.Serving.Probing;

/// <summary>
/// Decides whether a version may be loaded into this process: 1 by the marks of processes that died of it, 2 by the verdict of an earlier probe,
/// 3 by a probe. Where no probe can be had, <see cref="ProbePolicy"/> decides.
/// </summary>
internal sealed partial class VersionAdmission(
    ProbeProcess probe, ProbeQueue queue, VerdictStore verdicts, CrashMarkers markers, LoadedVersions loaded, GivenUpVersions givenUp, ProbePolicy policy, ScoringMetrics metrics, TimeProvider time, ILogger<VersionAdmission> log)
{
    // With nothing else to serve, an endpoint that may work beats one that cannot; after so many deaths it does not.
    private const int MaxDeaths = 3;

    /// <summary>Admits a version, or says why not.</summary>
    /// <exception cref="VersionRefusedException">It is not to be served.</exception>
    /// <exception cref="ProbeUnavailableException">It waits until it can be probed.</exception>
    public async Task<Admission> AdmitAsync(ModelPackage package, LoadRequest request, long expectedBytes, CancellationToken cancellationToken)
    {
        if (givenUp.Find(package.ContentHash, request.PointerTag) is { } reason)
        {
            throw new VersionRefusedException(RefusalKind.Crash, reason);
        }

        var verdict = policy == ProbePolicy.Never ? null : await verdicts.FindAsync(package.ContentHash, request.PointerTag, cancellationToken).ConfigureAwait(false);

        // 1. Did a process die of it? One that is to run in a process of its own takes no other along.
        var deaths = request.IsIsolated ? [] : await markers.FindDeadAsync(package.ContentHash, request.PointerTag, verdict is not { HasServed: true }, cancellationToken).ConfigureAwait(false);
        if (deaths.Count > 0)
        {
            if (!request.IsLastResort || deaths.Count >= MaxDeaths)
            {
                throw new VersionRefusedException(RefusalKind.Marker, Describe(package, deaths));
            }

            verdict = verdict is { Report.Passed: true } ? null : verdict;
        }

        // 2. Was it judged before? What refused it for this process need not refuse it for one of its own.
        if (request.IsIsolated && verdict is { Report: { Refusal: RefusalKind.Crash or RefusalKind.Timeout, IsForIsolation: false } })
        {
            verdict = null;
        }

        if (verdict is null && policy != ProbePolicy.Never)
        {
            // 3. Judge it.
            return await ProbeAsync(package, request, expectedBytes, cancellationToken).ConfigureAwait(false);
        }

        return verdict is { Report: { Refusal: { } kind } report }
            ? throw new VersionRefusedException(kind, report.Reason ?? "The probe refused it.")
            : new Admission(verdict, null);
    }

    private async Task<Admission> ProbeAsync(ModelPackage package, LoadRequest request, long expectedBytes, CancellationToken cancellationToken)
    {
        ProbeReport report;
        try
        {
            report = await RunAsync(package, request, expectedBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (ProbeUnavailableException e) when (policy == ProbePolicy.WhenPossible && (e.IsMissing || loaded.IsEmpty))
        {
            LogUnprobed(package.Name, package.Version, e.Message);
            return new Admission(null, $"Loaded without a probe. {e.Message}");
        }

        var verdict = new Verdict(package.ContentHash, ProbeEnvironment.Current.OnnxRuntime, ProbeEnvironment.Current.Processor, time.GetUtcNow(), report, PointerTag: request.PointerTag);
        await verdicts.SaveAsync(verdict, cancellationToken).ConfigureAwait(false);
        return report is { Refusal: { } kind }
            ? throw new VersionRefusedException(kind, report.Reason ?? "The probe refused it.")
            : new Admission(verdict, null);
    }

    private async Task<ProbeReport> RunAsync(ModelPackage package, LoadRequest request, long expectedBytes, CancellationToken cancellationToken)
    {
        var started = 0L;
        var report = await probe.RunAsync(package, expectedBytes, request.IsIsolated, TakeTurnAsync, cancellationToken).ConfigureAwait(false);
        metrics.LoadPhaseCompleted(package.Name, package.Version, LoadPhase.Probe, time.GetElapsedTime(started));
        return report;

        async Task<IDisposable> TakeTurnAsync(bool isSecond)
        {
            var turn = await queue.EnterAsync(ProbeProcess.NeededBytes(expectedBytes), request.Urgency, isSecond, cancellationToken).ConfigureAwait(false);
            started = isSecond ? started : time.GetTimestamp();
            return turn;
        }
    }

    private static string Describe(ModelPackage package, IReadOnlyList<LoadMarker> deaths)
    {
        var last = deaths.MaxBy(d => d.At)!;
        var times = deaths.Count == 1 ? "A process" : $"{deaths.Count} processes";
        return $"{times} died while loading version {package.Version} of '{package.Name}', the last on {last.Machine} (process {last.ProcessId}) at {last.At:u}. Make it live again, or pause and resume its rollout, to have it tried again.";
    }

    [LoggerMessage(EventId = 2070, Level = LogLevel.Warning, Message = "{Model} version {Version} is loaded without a probe: {Reason}")]
    private partial void LogUnprobed(string model, string version, string reason);

    /// <summary>The leave to load a version into this process.</summary>
    /// <param name="Verdict">What the probe found; null when the version was not probed.</param>
    /// <param name="Caution">Why it was not probed; null when it was, or when the policy asks for no probe.</param>
    internal sealed record Admission(Verdict? Verdict, string? Caution);
}
