using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Worker.Tests.Hosting;

/// <summary>The published app as a process, with the command line and the environment that Azure's host gives it. Disposing kills it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    public const string WorkerId = "worker-1";

    private readonly Process process;
    private readonly StringBuilder log = new();
    private readonly long started;
    private readonly Task<int> ended;

    public WorkerProcess(string folder, Uri host, IReadOnlyDictionary<string, string> settings)
    {
        var port = host.Port.ToString(CultureInfo.InvariantCulture);
        string[] arguments =
        [
            Path.Combine(folder, AssemblyOf(folder)),
            "--host", host.Host, "--port", port, "--workerId", WorkerId, "--requestId", "start", "--grpcMaxMessageLength", "2147483647",
            "--functions-uri", host.ToString(), "--functions-worker-id", WorkerId, "--functions-request-id", "start", "--functions-grpc-max-message-length", "2147483647",
        ];
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated";
        start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = folder;
        start.Environment["ORT_DISABLE_TELEMETRY"] = "1";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        started = Stopwatch.GetTimestamp();
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        ended = WaitAsync();
    }

    public int Id => process.Id;

    public bool HasEnded => process.HasExited;

    /// <summary>Time since the process was started.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(started);

    /// <summary>What the process has used of the processor so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>What the process wrote to its standard output and error.</summary>
    public string Log
    {
        get
        {
            lock (log)
            {
                return log.ToString();
            }
        }
    }

    /// <summary>Waits until the process has ended by itself; gives back its exit code.</summary>
    public Task<int> EndedAsync() => ended;

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }

    private async Task<int> WaitAsync()
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private void Append(string? line)
    {
        lock (log)
        {
            log.AppendLine(line);
        }
    }

    // As Azure's host finds it: the SDK writes it beside every published app.
    private static string AssemblyOf(string folder) =>
        JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, "worker.config.json")))!["description"]!["defaultWorkerPath"]!.GetValue<string>();
}
