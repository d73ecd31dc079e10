using System.Diagnostics;
using TestCommon;

namespace EndToEnd.Tests.Life;

/// <summary>The command line <c>model</c> as a process, which may be killed. Disposing kills it.</summary>
internal sealed class ToolProcess : IDisposable
{
    private readonly Process process;
    private readonly Task<string> output;
    private readonly Task<string> errors;

    private ToolProcess(ProcessStartInfo start)
    {
        process = Process.Start(start)!;
        (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    /// <summary>Starts it over a storage.</summary>
    public static ToolProcess Start(string storage, params string[] arguments)
    {
        var start = ModelToolProcess.StartInfo(arguments);
        start.Environment["Storage"] = storage;
        start.Environment.Remove("Scoring__Repository");
        return new ToolProcess(start);
    }

    /// <summary>Waits until it ended by itself.</summary>
    public async Task<(int ExitCode, string Out, string Error)> EndedAsync()
    {
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Ends it at once, as a crash would.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public void Dispose()
    {
        process.Kill();
        process.Dispose();
    }
}
