using System.Net;
using System.Net.Sockets;

namespace Scoring.Tests.Repository;

/// <summary>A port of this machine that passes everything on to another until so many bytes of answers went through: then its connections end and new ones are closed at once.</summary>
internal sealed class CutPort : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task accepting;
    private readonly int target;
    private long left = long.MaxValue;

    public CutPort(int target)
    {
        this.target = target;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>True once the cut has happened.</summary>
    public bool IsCut => Volatile.Read(ref left) < 0;

    /// <summary>Cuts after so many bytes of answers.</summary>
    public void CutAfter(long bytes) => Volatile.Write(ref left, bytes);

    /// <summary>Lets everything through again.</summary>
    public void Heal() => Volatile.Write(ref left, long.MaxValue);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
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
                if (!IsCut)
                {
                    await far.ConnectAsync(IPAddress.Loopback, target, stop.Token);
                    await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream(), stop.Token), AnswerAsync(far, near));
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
            {
                // Either end is gone: so is the connection.
            }
        }
    }

    private async Task AnswerAsync(TcpClient far, TcpClient near)
    {
        var buffer = new byte[1 << 16];
        try
        {
            for (int read; (read = await far.GetStream().ReadAsync(buffer, stop.Token)) > 0;)
            {
                if (Interlocked.Add(ref left, -read) < 0)
                {
                    return;
                }

                await near.GetStream().WriteAsync(buffer.AsMemory(0, read), stop.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            // Either end is gone.
        }
    }
}
