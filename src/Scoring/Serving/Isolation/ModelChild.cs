using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving.Probing;

namespace Scoring.Serving.Isolation;

/// <summary>One process of a model, from its start to its end, and the connections to it. Thread safe. Dispose it, whatever became of the process.</summary>
internal sealed class ModelChild : IDisposable
{
    /// <summary>A .NET process with ONNX Runtime loaded and nothing else.</summary>
    public const long BareBytes = 80L << 20;

    // A busy machine takes its time to start a process, and the probe has loaded the model before.
    private static readonly TimeSpan MinLoad = TimeSpan.FromMinutes(1);

    // A node that is still busy so long after it was asked to end may never be done.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // From the last byte of a connection to the process's end, whose signal is to be told.
    private static readonly TimeSpan EndTakes = TimeSpan.FromSeconds(2);

    private readonly Process process;
    private readonly ScratchFolder folder;
    private readonly TimeProvider time;
    private readonly Stack<RunLane> idle = new();
    private readonly TaskCompletionSource<string> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ErrorTail errors;
    private string? killedFor;
    private int lanes;
    private int running;
    private int runningAtEnd;

    private ModelChild(Process process, ScratchFolder folder, TimeProvider time)
    {
        this.process = process;
        this.folder = folder;
        this.time = time;
        errors = new ErrorTail(process);
        process.Exited += (_, _) => ended.TrySetResult(killedFor ?? ProcessExit.Describe(process.ExitCode));
        process.EnableRaisingEvents = true;
    }

    /// <summary>Completes with the reason once the process is gone.</summary>
    public Task<string> Ended => ended.Task;

    /// <summary>Called as soon as a run finds the process gone; it may be called more than once.</summary>
    public Action<ModelChild>? OnGone { get; set; }

    /// <summary>Counts a run in.</summary>
    public void Enter() => Interlocked.Increment(ref running);

    /// <summary>Counts a run out.</summary>
    public void Leave() => Interlocked.Decrement(ref running);

    /// <summary>A run that is still counted found the process gone.</summary>
    public void Gone()
    {
        Interlocked.CompareExchange(ref runningAtEnd, Volatile.Read(ref running), 0);
        OnGone?.Invoke(this);
    }

    /// <summary>What it wrote last to its standard error.</summary>
    public string Errors => errors.Text;

    /// <summary>True where this server ended it, since a run in it did not end.</summary>
    public bool WasUnending => killedFor is not null;

    /// <summary>Whether it is walled off, as <see cref="CageReport"/> says it.</summary>
    public string? Cage { get; private set; }

    /// <summary>Its number.</summary>
    public int ProcessId => process.Id;

    /// <summary>Resident bytes now; 0 once it is gone.</summary>
    public long MemoryBytes
    {
        get
        {
            try
            {
                process.Refresh();
                return process.HasExited ? 0 : process.WorkingSet64;
            }
            catch (InvalidOperationException)
            {
                return 0;
            }
        }
    }

    /// <summary>Starts a process and waits until the model is loaded.</summary>
    /// <exception cref="VersionRefusedException">Loading it kills the process, takes too long, or is refused by ONNX Runtime.</exception>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: the process cannot be started.</exception>
    public static ModelChild Start(ProbeExecutable executable, ModelPackage package, SessionSettings settings, ProbeLimits limits, TimeProvider time)
    {
        var start = executable.Find()
            ?? throw new ScoringException(ErrorCode.ModelUnavailable, $"Version {package.Version} of '{package.Name}' is to run in a process of its own, and Scoring.Probe, which is that process, is not in {executable.Folder}.");
        var folder = new ScratchFolder();
        folder.Give(start, CageOrder.For(limits, settings, package.Directory, folder.Path, time: null), new RunServerArguments(package.ModelPath, folder.Socket, settings).Write());

        ModelChild child;
        try
        {
            child = new ModelChild(Process.Start(start)!, folder, time);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            folder.Dispose();
            throw new ScoringException(ErrorCode.ModelUnavailable, $"The process of '{package.Name}' cannot be started: {e.Message}.", e);
        }

        try
        {
            child.WaitUntilLoaded(limits.Time > MinLoad ? limits.Time : MinLoad, limits.Cage == CagePolicy.Required);
            return child;
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }

    /// <summary>What goes into the model and comes out.</summary>
    public ModelSignature Describe()
    {
        var lane = Rent() ?? throw Died();
        lane.Begin(FrameKind.Describe);
        var answer = lane.Exchange(null);
        var signature = SignatureFrames.Read(ref answer);
        Return(lane);
        return signature;
    }

    /// <summary>A connection for one run; give it back whatever became of it. Null where the process is gone.</summary>
    public RunLane? Rent()
    {
        lock (idle)
        {
            if (idle.TryPop(out var lane))
            {
                return lane;
            }

            // Numbers are given in the order in which the process accepts, so connecting is under the lock.
            var socket = FrameSocket.New();
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(folder.Socket));
                return new RunLane(this, lanes++, new FrameSocket(socket));
            }
            catch (SocketException)
            {
                socket.Dispose();
                OnGone?.Invoke(this);
                return null;
            }
        }
    }

    /// <summary>Takes a connection back.</summary>
    public void Return(RunLane lane)
    {
        lock (idle)
        {
            if (lane.IsClean && !ended.Task.IsCompleted)
            {
                idle.Push(lane);
                return;
            }
        }

        lane.Dispose();
    }

    /// <summary>Asks a run to end.</summary>
    public void End(int lane, long sequence)
    {
        try
        {
            lock (process)
            {
                process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{lane} {sequence}"));
                process.StandardInput.Flush();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It is gone, and the run with it.
        }
    }

    /// <summary>Ends the process unless a run that was asked to end is over soon.</summary>
    public void KillUnless(Func<bool> isOver) => _ = KillUnlessAsync(isOver);

    /// <summary>What a run is told that was going on when the process died.</summary>
    public ModelProcessException Died()
    {
        var end = ended.Task.Wait(EndTakes) ? ended.Task.Result : "broke off";
        return new ModelProcessException($"The model runs in a process of its own, which {end} during this run; it is started again, and no other model is concerned.", Volatile.Read(ref runningAtEnd) == 1 && !WasUnending);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (idle)
        {
            while (idle.TryPop(out var lane))
            {
                lane.Dispose();
            }
        }

        Kill(null);
        ended.Task.Wait(EndTakes);
        process.Dispose();
        folder.Dispose();
    }

    private async Task KillUnlessAsync(Func<bool> isOver)
    {
        await Task.Delay(Patience, time).ConfigureAwait(false);
        if (!isOver())
        {
            Kill("was ended, since a run in it could not be,");
        }
    }

    private void Kill(string? reason)
    {
        try
        {
            Interlocked.CompareExchange(ref killedFor, reason, null);
            process.KillAlone();
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It is gone.
        }
    }

    private void WaitUntilLoaded(TimeSpan limit, bool needsCage)
    {
        var loaded = new TaskCompletionSource<RunServerLine>();
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text && RunServerLine.Read(text) is { } said)
            {
                loaded.TrySetResult(said);
            }
        };
        process.BeginOutputReadLine();
        switch (Task.WaitAny([loaded.Task, ended.Task], limit))
        {
            case 0 when needsCage && !CageReport.TellsClosed(loaded.Task.Result.Cage):
                throw CageOrder.Lacking(loaded.Task.Result.Cage);
            case 0 when loaded.Task.Result.Refusal is { } refusal:
                throw new VersionRefusedException(RefusalKind.Load, refusal);
            case 0:
                Cage = loaded.Task.Result.Cage;
                return;
            case 1 when process.HasExited && ProcessExit.WasKilled(process.ExitCode):
                throw new ScoringException(ErrorCode.ModelUnavailable, "The process of the model was killed by the system while it loaded the model, most likely for want of memory.");
            case 1 when loaded.Task.Wait(EndTakes) && needsCage && !CageReport.TellsClosed(loaded.Task.Result.Cage):
                throw CageOrder.Lacking(loaded.Task.Result.Cage);
            case 1 when loaded.Task.Wait(EndTakes):
                throw new VersionRefusedException(RefusalKind.Load, loaded.Task.Result.Refusal ?? ended.Task.Result);
            case 1:
                throw new VersionRefusedException(RefusalKind.Crash, $"The process of the model {ended.Task.Result} while it loaded the model.");
            default:
                throw new VersionRefusedException(RefusalKind.Timeout, $"The process of the model did not load it within {limit}.");
        }
    }
}
