using Microsoft.ML.OnnxRuntime;
using Scoring.Inference;

namespace Scoring.Serving.Isolation;

/// <summary>One connection in the process of a model: answers one message after the other, on one thread. Another thread may ask the run to end.</summary>
internal sealed class LaneServer(ModelSession session, FrameSocket socket) : IDisposable
{
    private readonly Lock gate = new();
    private readonly RunLimit limit = new((_, _) => { });
    private readonly FrameBuffer request = new();
    private readonly FrameBuffer answer = new();
    private readonly string[] inputs = [.. session.Signature.Inputs.Concat(session.Signature.Overridable).Select(input => input.Name)];
    private readonly string[] outputs = [.. session.Signature.Outputs.Select(output => output.Name)];
    private long running;
    private long ending;

    /// <summary>Answers until the other side is gone.</summary>
    public void Serve()
    {
        while (socket.TryReceive(request))
        {
            Enter(request.Sequence);
            Answer();
            Enter(0);
            answer.End(request.Sequence);
            try
            {
                socket.Send(answer);
            }
            catch (System.Net.Sockets.SocketException)
            {
                return;
            }
        }
    }

    /// <summary>Asks a run to end: the one that goes on, or one that is yet to come.</summary>
    public void End(long sequence)
    {
        lock (gate)
        {
            ending = sequence;
            limit.Options.Terminate = running == ending;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private void Enter(long sequence)
    {
        lock (gate)
        {
            running = sequence;
            limit.Options.Terminate = sequence != 0 && running == ending;
        }
    }

    private void Answer()
    {
        try
        {
            var reader = new FrameReader(request);
            if (reader.Read<FrameKind>() == FrameKind.Describe)
            {
                Begin(FrameKind.Answer);
                SignatureFrames.Write(answer, session.Signature);
            }
            else
            {
                Run(ref reader);
            }
        }
        catch (OnnxRuntimeException exception)
        {
            Begin(FrameKind.Refusal);
            answer.Write(exception.Message);
        }
        catch (Exception exception)
        {
            // One message that cannot be answered is no reason to end what the others run.
            Begin(FrameKind.Fault);
            answer.Write($"{exception.GetType().Name}: {exception.Message}");
        }
    }

    private void Run(ref FrameReader reader)
    {
        var names = new string[reader.Count(1)];
        var values = new List<OrtValue>(names.Length);
        try
        {
            for (var index = 0; index < names.Length; index++)
            {
                names[index] = inputs[reader.Read<int>()];
                values.Add(ValueFrames.Read(ref reader, inPlace: true));
            }

            var wanted = new string[reader.Count(sizeof(int))];
            for (var index = 0; index < wanted.Length; index++)
            {
                wanted[index] = outputs[reader.Read<int>()];
            }

            using var results = session.Run(limit, names, values, wanted);
            Begin(FrameKind.Answer);
            foreach (var result in results)
            {
                ValueFrames.Write(answer, result);
            }
        }
        finally
        {
            values.ForEach(value => value.Dispose());
        }
    }

    private void Begin(FrameKind kind)
    {
        answer.Begin();
        answer.Write(kind);
    }
}
