using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace TestCommon;

/// <summary>A port of this machine that passes everything on to another; what becomes of the answers is the heir's.</summary>
public abstract partial class RelayPort : IAsyncDisposable
{
    private const int BufferBytes = 1 << 16;

    // The longest first line of a request that is looked for.
    private const int LineBytes = 4096;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task accepting;
    private readonly int target;

    /// <param name="target">The port that is behind it.</param>
    protected RelayPort(int target)
    {
        this.target = target;
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>False to close new connections at once.</summary>
    protected virtual bool IsOpen => true;

    /// <summary>Called with each piece of an answer before it goes on; false ends the connection instead.</summary>
    /// <param name="bytes">How many it has.</param>
    /// <param name="cancellationToken">Fires when the port is disposed.</param>
    protected abstract ValueTask<bool> PassesAsync(int bytes, CancellationToken cancellationToken);

    /// <summary>Called with each request before it goes on; false ends the connection instead, and the far end never hears of it.</summary>
    protected virtual ValueTask<bool> AsksAsync(RelayedRequest request, CancellationToken cancellationToken) => new(true);

    /// <summary>As <see cref="PassesAsync(int, CancellationToken)"/>, with the request that is answered; null where it was none of HTTP.</summary>
    protected virtual ValueTask<bool> PassesAsync(RelayedRequest? request, int bytes, CancellationToken cancellationToken) => PassesAsync(bytes, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync(stop.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient near)
    {
        using (near)
        using (var far = new TcpClient())
        {
            try
            {
                if (IsOpen)
                {
                    await far.ConnectAsync(IPAddress.Loopback, target, stop.Token);
                    var exchange = new Exchange();
                    await Task.WhenAny(PumpAsync(near, far, exchange, isAnswer: false), PumpAsync(far, near, exchange, isAnswer: true));
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
            {
                // Either end is gone: so is the connection.
            }
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, Exchange exchange, bool isAnswer)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            for (int read; (read = await from.GetStream().ReadAsync(buffer, stop.Token)) > 0;)
            {
                if (!await (isAnswer ? AnsweredAsync(exchange, read) : AskedAsync(exchange, buffer.AsMemory(0, read))))
                {
                    return;
                }

                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), stop.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Either end is gone.
        }
    }

    private ValueTask<bool> AnsweredAsync(Exchange exchange, int bytes)
    {
        exchange.IsAnswered = true;
        return PassesAsync(exchange.Request, bytes, stop.Token);
    }

    // What follows an answer begins a request, unless it is the rest of one that was answered early.
    private ValueTask<bool> AskedAsync(Exchange exchange, ReadOnlyMemory<byte> piece)
    {
        if (!exchange.IsAnswered || RequestLine().Match(System.Text.Encoding.Latin1.GetString(piece.Span[..Math.Min(piece.Length, LineBytes)])) is not { Success: true } match)
        {
            return new(true);
        }

        exchange.IsAnswered = false;
        exchange.Request = new RelayedRequest(match.Groups[1].Value);
        return AsksAsync(exchange.Request, stop.Token);
    }

    [GeneratedRegex(@"\A([A-Z]+ \S+) HTTP/1\.1\r\n")]
    private static partial Regex RequestLine();

    // The requests of one connection come one after the other.
    private sealed class Exchange
    {
        public bool IsAnswered { get; set; } = true;

        public RelayedRequest? Request { get; set; }
    }
}
