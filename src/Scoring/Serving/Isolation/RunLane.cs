using System.Net.Sockets;
using Scoring.Inference;

namespace Scoring.Serving.Isolation;

/// <summary>A connection to the process of a model that carries one run at a time. One user at a time; the watch may ask its run to end meanwhile.</summary>
internal sealed class RunLane(ModelChild child, int number, FrameSocket socket) : IRunEnder, IDisposable
{
    private readonly FrameBuffer answer = new();
    private long sequence;
    private long running;

    /// <summary>What is to be sent.</summary>
    public FrameBuffer Request { get; } = new();

    /// <summary>False once a run was broken off: what comes next on the connection is unknown.</summary>
    public bool IsClean { get; private set; } = true;

    /// <summary>Begins a message.</summary>
    public void Begin(FrameKind kind)
    {
        Request.Begin();
        Request.Write(kind);
    }

    /// <summary>Sends the message and waits for its answer, of which the reader stands behind the kind.</summary>
    /// <exception cref="RemoteRunException">The model fails.</exception>
    /// <exception cref="ModelProcessException">The process died.</exception>
    /// <exception cref="ScoringException">The run was ended, as <see cref="RunLimit"/> tells.</exception>
    public FrameReader Exchange(RunLimit? limit)
    {
        Request.End(++sequence);
        IsClean = false;
        Volatile.Write(ref running, sequence);
        limit?.EndBy(this);
        try
        {
            socket.Send(Request);
            if (!socket.TryReceive(answer) || answer.Sequence != sequence)
            {
                throw Died(limit);
            }
        }
        catch (SocketException)
        {
            throw Died(limit);
        }
        finally
        {
            limit?.EndBy(null);
            Volatile.Write(ref running, 0);
        }

        IsClean = true;
        var reader = new FrameReader(answer);
        return reader.Read<FrameKind>() switch
        {
            FrameKind.Answer => reader,
            FrameKind.Refusal => throw new RemoteRunException(reader.Text()),
            _ => throw new ScoringException(ErrorCode.InferenceFailed, "The model's run failed.", new InvalidOperationException(reader.Text())),
        };
    }

    /// <inheritdoc/>
    public void End()
    {
        if (Volatile.Read(ref running) is not 0 and var asked)
        {
            child.End(number, asked);
            child.KillUnless(() => Volatile.Read(ref running) != asked);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private ModelProcessException Died(RunLimit? limit)
    {
        // Whoever's own run could not be ended is told of that. Whoever comes next is to wait in either case.
        child.OnGone?.Invoke(child);
        limit?.ThrowIfEnded();
        return child.Died();
    }
}
