using System.Net;
using System.Net.Sockets;

namespace TestCommon;

/// <summary>A port of this machine that passes everything on to another; what becomes of the answers is the heir's.</summary>
public abstract class RelayPort : IAsyncDisposable
{
    private const int BufferBytes = 1 << 16;

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
                    await Task.WhenAny(PumpAsync(near, far, isAnswer: false), PumpAsync(far, near, isAnswer: true));
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
            {
                // Either end is gone: so is the connection.
            }
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, bool isAnswer)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            for (int read; (read = await from.GetStream().ReadAsync(buffer, stop.Token)) > 0;)
            {
                if (isAnswer && !await PassesAsync(read, stop.Token))
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
}
