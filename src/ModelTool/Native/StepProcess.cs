using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Scoring;
using Scoring.Serving.Probing;

namespace ModelTool.Native;

/// <summary>Runs one native step in a child process and turns whatever becomes of it into a result or a sentence.</summary>
internal static class StepProcess
{
    private const int KeptErrorLines = 3;

    // A step says what it does at least as often as it starts to measure something; silence for this long is a hang.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs a step.</summary>
    /// <param name="step">Serialised to the child; its type's name says which step it is.</param>
    /// <param name="subject">The file or folder that it is given, for the sentence.</param>
    /// <param name="doing">Told each time that something begins; null for none.</param>
    /// <param name="cancellationToken">Kills the child.</param>
    /// <exception cref="RefusedException">It refused, died or did not end.</exception>
    public static async Task<T> RunAsync<T>(object step, string subject, Action<string>? doing, CancellationToken cancellationToken)
    {
        using var temporary = new TemporaryFolder();
        using var child = Process.Start(StartInfo(step.GetType().Name, temporary.Path)) ?? throw new IOException("The native step cannot be started.");
        var progress = new Progress(doing);
        var errors = child.StandardError.ReadToEndAsync(CancellationToken.None);
        var reading = ReadAsync(child.StandardOutput, progress);
        try
        {
            await SendAsync(child, step);
            await EndAsync(child, progress, subject, cancellationToken);
            await reading;
        }
        finally
        {
            if (!child.HasExited)
            {
                child.KillAlone();
                await child.WaitForExitAsync(CancellationToken.None);
            }
        }

        if (progress.End?.Result is { } result)
        {
            return result.Deserialize(StepJson.Of<T>())!;
        }

        throw new RefusedException(progress.End?.Refused is { } refused
            ? $"{subject}: {refused}"
            : $"{subject}: the native step {ProcessExit.Describe(child.ExitCode)} while {progress.Doing}. Nothing was written.{Last(await errors)}");
    }

    private static ProcessStartInfo StartInfo(string name, string temporary)
    {
        var start = Itself();
        start.ArgumentList.Add(StepHost.Argument);
        start.ArgumentList.Add(name);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["ORT_DISABLE_TELEMETRY"] = "1";

        // What a child that dies had put aside goes with its folder.
        start.Environment[OperatingSystem.IsWindows() ? "TMP" : "TMPDIR"] = temporary;
        return start;
    }

    // One native file is all there is of the tool; otherwise a runtime starts its assembly.
    private static ProcessStartInfo Itself()
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            return new ProcessStartInfo(Environment.ProcessPath!);
        }

        var runtime = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        return new ProcessStartInfo(runtime, [Path.Combine(AppContext.BaseDirectory, "model.dll")]);
    }

    private static async Task SendAsync(Process child, object step)
    {
        try
        {
            await child.StandardInput.WriteLineAsync(JsonSerializer.Serialize(step, StepJson.Line.GetTypeInfo(step.GetType())));
            await child.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // It is gone already; its exit code tells.
        }
    }

    private static async Task EndAsync(Process child, Progress progress, string subject, CancellationToken cancellationToken)
    {
        var ended = child.WaitForExitAsync(cancellationToken);
        while (!ended.IsCompleted)
        {
            var before = progress.Lines;
            if (await Task.WhenAny(ended, Task.Delay(Patience, cancellationToken)) != ended && progress.Lines == before)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new RefusedException($"{subject}: the native step did not come back within {Patience} while {progress.Doing}. Nothing was written.");
            }
        }

        await ended;
    }

    private static async Task ReadAsync(StreamReader output, Progress progress)
    {
        while (await output.ReadLineAsync() is { } text)
        {
            try
            {
                progress.Take(JsonSerializer.Deserialize(text, StepJson.Of<StepLine>())!);
            }
            catch (JsonException)
            {
                // Native code may write to the standard output as well.
            }
        }
    }

    private static string Last(string errors)
    {
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length == 0 ? "" : $" It said: {string.Join(' ', lines.Take(KeptErrorLines))}";
    }

    private sealed class Progress(Action<string>? told)
    {
        private int lines;

        public string Doing { get; private set; } = "starting";

        public StepLine? End { get; private set; }

        public int Lines => Volatile.Read(ref lines);

        public void Take(StepLine line)
        {
            if (line.Doing is { } doing)
            {
                Doing = doing;
                told?.Invoke(doing);
            }
            else
            {
                End = line;
            }

            Interlocked.Increment(ref lines);
        }
    }
}
