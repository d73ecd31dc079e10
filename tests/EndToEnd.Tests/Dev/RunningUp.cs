using System.Diagnostics;
using TestCommon;

namespace EndToEnd.Tests.Dev;

/// <summary>A <c>./dev up</c> on a free port, whose every descendant can be found by a mark in its environment.</summary>
internal sealed class RunningUp : IAsyncDisposable
{
    private const string Mark = "SCORING_DEV_TEST";

    private static readonly TimeSpan MaxEnd = TimeSpan.FromMinutes(2);

    private readonly string mark = $"{Mark}={Guid.NewGuid()}";
    private readonly Process process;

    /// <param name="settings">Names and values of the environment.</param>
    public RunningUp(params (string Name, string Value)[] settings)
    {
        var environment = settings.ToDictionary(setting => setting.Name, setting => setting.Value);
        environment[Mark] = mark[(Mark.Length + 1)..];
        process = Process.Start(DevCommand.StartInfo(Checkout.PathTo("dev"), ["up", "--port", $"{Port}"], environment))!;
    }

    public int Port { get; } = LoopbackServer.FreePort();

    public int ExitCode => process.ExitCode;

    /// <summary>Reads what it says on its way, up to the line that begins so.</summary>
    /// <exception cref="InvalidOperationException">It ended without that line; the message is what it said.</exception>
    public Task<string> SaidAsync(string beginning) => ReadToAsync(process.StandardError, beginning);

    /// <summary>Reads its answer, up to the line that begins so.</summary>
    /// <exception cref="InvalidOperationException">It ended without that line; the message is what it said.</exception>
    public Task<string> AnsweredAsync(string beginning) => ReadToAsync(process.StandardOutput, beginning);

    /// <summary>Sends a signal to the script alone and waits until it has ended.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync();
        using var deadline = new CancellationTokenSource(MaxEnd);
        await process.WaitForExitAsync(deadline.Token);
    }

    /// <summary>The processes that it or any descendant started and that still run.</summary>
    public IReadOnlyList<Process> Descendants() => [.. Process.GetProcesses().Where(process => process.Id != this.process.Id && IsMarked(process))];

    /// <summary>Waits until none of them runs any more.</summary>
    /// <exception cref="OperationCanceledException">One still ran after two minutes.</exception>
    public async Task DescendantsEndedAsync()
    {
        using var deadline = new CancellationTokenSource(MaxEnd);
        foreach (var process in Descendants())
        {
            await process.WaitForExitAsync(deadline.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await SignalAsync("TERM");
        }

        process.Dispose();
    }

    private static async Task<string> ReadToAsync(StreamReader reader, string beginning)
    {
        var said = new List<string>();
        while (await reader.ReadLineAsync() is { } line)
        {
            said.Add(line);
            if (line.StartsWith(beginning, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new InvalidOperationException(string.Join('\n', said));
    }

    // A process that ended meanwhile, or that belongs to somebody else, has no environment to read.
    private bool IsMarked(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/environ").Contains(mark, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
