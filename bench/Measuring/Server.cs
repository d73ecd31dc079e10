using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scoring.Bench.Measuring;

/// <summary>A server in a process of its own on a free port, ended with all of its children by disposing.</summary>
internal sealed class Server : IDisposable
{
    private static readonly TimeSpan MaxStart = TimeSpan.FromMinutes(1);

    private readonly Process process;
    private readonly StringBuilder said = new();

    /// <param name="command">What to run; <c>{port}</c> in its arguments and settings becomes the port.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="settings">Environment variables beside this process's own.</param>
    public Server(string command, string[] arguments, params (string Name, string Value)[] settings)
    {
        Port = FreePort();
        var start = new ProcessStartInfo(command, arguments.Select(Fill)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = Fill(value);
        }

        process = Process.Start(start)!;
        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Port { get; }

    /// <summary>The process's number.</summary>
    public int Id => process.Id;

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>Resident memory of the process, without its children.</summary>
    public long ResidentBytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>What the process has used of the processor so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Asks until a request is answered 200; gives back the answer.</summary>
    public async Task<byte[]> AnswerAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(MaxStart);
        using var client = new HttpClient { BaseAddress = Address };
        while (true)
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"{process.StartInfo.FileName} ended with {process.ExitCode}: {said}");
            }

            try
            {
                using var asked = request();
                using var response = await client.SendAsync(asked, limit.Token);
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    return await response.Content.ReadAsByteArrayAsync(limit.Token);
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(50, limit.Token);
        }
    }

    /// <summary>Asks it to end, as a platform does (SIGTERM), and waits until it has.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await process.WaitForExitAsync(cancellationToken);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string Fill(string text) => text.Replace("{port}", $"{Port}", StringComparison.Ordinal);

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (said)
        {
            said.AppendLine(line.Data);
        }
    }
}
