using System.Net.Sockets;

namespace Scoring.Serving.Isolation;

/// <summary>A connection between a server and the process of a model, one message at a time. It blocks: a thread that spins or waits by the thread pool answers later (docs/decisions).</summary>
internal sealed class FrameSocket : IDisposable
{
    private readonly Socket socket;
    private readonly Func<Memory<byte>, int> receive;

    public FrameSocket(Socket socket)
    {
        this.socket = socket;
        receive = memory => socket.Receive(memory.Span);
    }

    /// <summary>A socket that knows no network.</summary>
    public static Socket New() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <summary>Sends a message.</summary>
    /// <exception cref="SocketException">The other side is gone.</exception>
    public void Send(FrameBuffer frame)
    {
        var left = frame.Written;
        while (left.Length > 0)
        {
            left = left[socket.Send(left)..];
        }
    }

    /// <summary>Receives a message; false once the other side is gone.</summary>
    public bool TryReceive(FrameBuffer frame)
    {
        try
        {
            return frame.Fill(receive);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();
}
