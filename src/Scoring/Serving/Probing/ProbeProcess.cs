using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Scoring.Configuration;
using Scoring.Inference;
using Scoring.Repository;

namespace Scoring.Serving.Probing;

/// <summary>
/// Tries a package in a child process and turns whatever becomes of that into a report: its own, or a refusal because it died, hung, took too much memory or
/// said nothing. The child ends with its parent, however that ends. Thread safe; each call starts a process.
/// </summary>
internal sealed partial class ProbeProcess(
    ProbeExecutable executable, ProbeLimits limits, AvailableMemory memory, SessionSettings settings, TimeProvider time, ILogger<ProbeProcess> log)
{
    // A .NET process with ONNX Runtime loaded and nothing else.
    private const long BareProcessBytes = 80L << 20;
    private const int KeptErrorCharacters = 2000;

    private static readonly TimeSpan MemoryPoll = TimeSpan.FromMilliseconds(20);

    /// <summary>What must be free for a probe to start.</summary>
    /// <param name="expectedBytes">What the model is expected to take.</param>
    public static long NeededBytes(long expectedBytes) => expectedBytes + BareProcessBytes;

    /// <summary>Tries a package.</summary>
    /// <param name="package">On the local disk, verified.</param>
    /// <param name="expectedBytes">What the model is expected to take; less than that free, and no probe is started.</param>
    /// <param name="isIsolated">Whether it is to be served in a process of its own, where a crash on made-up rows costs nobody anything.</param>
    /// <param name="takeTurn">Waits for the turn of a try, told whether it is the second; null where nobody else probes.</param>
    /// <param name="cancellationToken">Kills the child.</param>
    /// <exception cref="ProbeUnavailableException">It could not be tried.</exception>
    public async Task<ProbeReport> RunAsync(ModelPackage package, long expectedBytes, bool isIsolated, Func<bool, Task<IDisposable>>? takeTurn, CancellationToken cancellationToken)
    {
        var (report, doing) = await InTurnAsync(isSecond: false).ConfigureAwait(false);
        var isHang = report.Refusal == RefusalKind.Timeout;
        if (doing != PackageTrial.WarmingUp || !(isHang || (isIsolated && report.Refusal == RefusalKind.Crash)))
        {
            return report with { IsForIsolation = isIsolated };
        }

        // Made-up rows need not be what callers send: the author's own cases decide.
        var (cold, _) = isHang && package.GoldenPath is null ? (report, doing) : await InTurnAsync(isSecond: true).ConfigureAwait(false);
        if (isHang && (package.GoldenPath is null || cold is { Passed: true, Cases: 0 }))
        {
            // Nothing shows that any run of it ends.
            return report with { Reason = $"{report.Reason} A package whose golden cases pass is served all the same.", IsForIsolation = isIsolated };
        }

        return !cold.Passed ? cold with { IsForIsolation = isIsolated } : cold with
        {
            SkipsWarmUp = true,
            NeedsIsolation = !isHang,
            IsForIsolation = isIsolated,
            Warning = isHang
                ? $"Not warmed up, since a run on made-up rows did not end within {limits.Time}."
                : $"Not warmed up, since a run on made-up rows ends its process. {report.Reason}",
        };

        async Task<(ProbeReport Report, string Doing)> InTurnAsync(bool isSecond)
        {
            using var turn = takeTurn is null ? null : await takeTurn(isSecond).ConfigureAwait(false);
            return await TryAsync(package, expectedBytes, warmsUp: !isSecond, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<(ProbeReport Report, string Doing)> TryAsync(ModelPackage package, long expectedBytes, bool warmsUp, CancellationToken cancellationToken)
    {
        var start = executable.Find() ?? throw new ProbeUnavailableException($"The probe Scoring.Probe is not in {executable.Folder}.", isMissing: true);
        var (needed, free) = (NeededBytes(expectedBytes), memory.Bytes());
        if (free < needed)
        {
            throw new ProbeUnavailableException($"Too little memory for a probe: {needed >> 20} MiB are needed, {free >> 20} MiB are free.", isMissing: false);
        }

        var limit = LimitOf(package);
        using var scratch = new ScratchFolder();
        scratch.Give(start, CageOrder.For(limits, settings, package.Directory, scratch.Path, limit), ProbeArguments.Write(package, settings, warmsUp));
        var started = time.GetTimestamp();
        using var child = Start(start);
        var progress = new Progress();
        var report = await WatchAsync(child, progress, limit, started, cancellationToken).ConfigureAwait(false) with { Cage = progress.Cage };
        var took = time.GetElapsedTime(started);
        LogEnded(package.Name, package.Version, took, report.PeakBytes, report.Reason ?? "passed", progress.Cage ?? "of unknown cage");
        return (report, progress.Doing);
    }

    // A model.json that cannot be read is the probe's to tell.
    private TimeSpan LimitOf(ModelPackage package)
    {
        try
        {
            return settings.With(ModelConfigReader.ReadFile(package.ConfigPath).Session).Compiles ? limits.CompileTime : limits.Time;
        }
        catch (Exception exception) when (exception is ScoringException or IOException)
        {
            return limits.Time;
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return LowPriorityProcess.Start(start);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            throw new ProbeUnavailableException($"The probe cannot be started: {e.Message}.", isMissing: true, e);
        }
    }

    private async Task<ProbeReport> WatchAsync(Process child, Progress progress, TimeSpan limit, long started, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var errors = ReadErrorsAsync(child.StandardError);
        var reading = ReadLinesAsync(child.StandardOutput, progress);
        var exceeding = WatchMemoryAsync(child, over.Token);
        try
        {
            var ended = child.WaitForExitAsync(over.Token);
            var late = LowPriorityProcess.WaitAsync(child.Id, limit, time, over.Token);
            var first = await Task.WhenAny(ended, late, exceeding).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (first == late)
            {
                return Refuse(RefusalKind.Timeout, $"The probe did not end within {limit} while {progress.Doing}.", started);
            }

            if (first == exceeding && await exceeding.ConfigureAwait(false) is { } taken)
            {
                return Refuse(RefusalKind.Memory, $"The probe took {taken >> 20} MiB while {progress.Doing}: the limit is {limits.MemoryBytes >> 20} MiB.", started) with { PeakBytes = taken };
            }

            await ended.ConfigureAwait(false);
            await reading.ConfigureAwait(false);
            if (limits.Cage == CagePolicy.Required && !CageReport.TellsClosed(progress.Cage))
            {
                throw CageOrder.Lacking(progress.Cage);
            }

            return progress.Report ?? Died(child.ExitCode, progress.Doing, await errors.ConfigureAwait(false), started);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await EndAsync(child).ConfigureAwait(false);
        }
    }

    private ProbeReport Died(int exitCode, string doing, string errors, long started)
    {
        LogDied(ProcessExit.Describe(exitCode), doing, errors);
        if (ProcessExit.WasKilled(exitCode))
        {
            // Nobody here killed it: the system did, which it does for want of memory. That says nothing about the package.
            throw new ProbeUnavailableException($"The probe was killed by the system while {doing}, most likely for want of memory.", isMissing: false);
        }

        return Refuse(RefusalKind.Crash, $"The probe {ProcessExit.Describe(exitCode)} while {doing}.", started);
    }

    private ProbeReport Refuse(RefusalKind kind, string reason, long started) => new(kind, reason, time.GetElapsedTime(started), 0, TimeSpan.Zero, 0, 0);

    private static async Task EndAsync(Process child)
    {
        if (!child.HasExited)
        {
            child.KillAlone();
            await child.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <returns>What the child took when that was too much; null when it ended before.</returns>
    private async Task<long?> WatchMemoryAsync(Process child, CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new PeriodicTimer(MemoryPoll, time);
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false) && !child.HasExited)
            {
                child.Refresh();
                if (child.WorkingSet64 > limits.MemoryBytes)
                {
                    return child.WorkingSet64;
                }
            }
        }
        catch (Exception e) when (e is InvalidOperationException or OperationCanceledException)
        {
            // It ended between the question and the answer.
        }

        return null;
    }

    private static async Task ReadLinesAsync(StreamReader output, Progress progress)
    {
        while (await output.ReadLineAsync().ConfigureAwait(false) is { } text)
        {
            var line = ProbeLine.Read(text);
            progress.Cage ??= line?.Cage;
            progress.Doing = line?.Doing ?? progress.Doing;
            progress.Report = line?.Report ?? progress.Report;
        }
    }

    private static async Task<string> ReadErrorsAsync(StreamReader errors)
    {
        var kept = "";
        var buffer = new char[KeptErrorCharacters];
        while (await errors.ReadAsync(buffer.AsMemory()).ConfigureAwait(false) is > 0 and var count)
        {
            kept += new string(buffer, 0, count);
            kept = kept.Length > KeptErrorCharacters ? kept[^KeptErrorCharacters..] : kept;
        }

        return kept.Trim();
    }

    [LoggerMessage(EventId = 2050, Level = LogLevel.Information, Message = "The probe of {Model} version {Version} took {Duration}, {PeakBytes} bytes at most, {Cage}: {Outcome}")]
    private partial void LogEnded(string model, string version, TimeSpan duration, long peakBytes, string outcome, string cage);

    [LoggerMessage(EventId = 2051, Level = LogLevel.Warning, Message = "The probe {End} while {Doing}. It said: {Errors}")]
    private partial void LogDied(string end, string doing, string errors);

    private sealed class Progress
    {
        public volatile string Doing = "starting";
        public volatile ProbeReport? Report;
        public volatile string? Cage;
    }
}
