using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scoring.Bench.Measuring;

/// <summary>One start of a server, from the process's birth to its first answer.</summary>
internal static class Start
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    // Asked every millisecond, who asks takes a tenth of a processor from the start that is measured; this adds 2 ms to each of them.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(4);

    /// <summary>Milliseconds until the answer, and the processor's time that the process had used by then.</summary>
    /// <param name="start">Starts the server.</param>
    /// <param name="request">A whole HTTP request, asked as soon as somebody listens.</param>
    /// <param name="afterwards">Called with the server still running.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The first answer is no success.</exception>
    public static async Task<(double Milliseconds, double ProcessorMilliseconds)> MeasureAsync(
        Func<Server> start, byte[] request, Func<Server, Task> afterwards, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Longest);
        var began = Stopwatch.GetTimestamp();
        using var server = start();
        using var socket = await ConnectAsync(server.Port, limit.Token);
        await socket.SendAsync(request, limit.Token);
        var buffer = new byte[16 * 1024];
        var length = await socket.ReceiveAsync(buffer, limit.Token);
        var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        var processor = server.ProcessorTime.TotalMilliseconds;
        if (!Encoding.ASCII.GetString(buffer, 0, length).StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The first answer is no success: {Encoding.UTF8.GetString(buffer, 0, length)}");
        }

        await afterwards(server);
        return (took, processor);
    }

    // An exception for each refusal would take a part of the processors that the start is measured on.
    private static async Task<Socket> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        while (true)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            var done = new TaskCompletionSource();
            using var connect = new SocketAsyncEventArgs { RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, port) };
            connect.Completed += (_, _) => done.SetResult();
            if (socket.ConnectAsync(connect))
            {
                await done.Task.WaitAsync(cancellationToken);
            }

            if (connect.SocketError == SocketError.Success)
            {
                return socket;
            }

            socket.Dispose();
            await Task.Delay(PollInterval, cancellationToken);
        }
    }
}
