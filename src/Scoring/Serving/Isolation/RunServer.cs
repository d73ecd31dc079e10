using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using Scoring.Inference;
using Scoring.Serving.Probing;

namespace Scoring.Serving.Isolation;

/// <summary>What the process of a model does (src/Probe): loads the model, says so on its standard output, and answers each connection on a thread of its own until the process is ended.</summary>
/// <param name="arguments">What to load, and where to listen.</param>
public sealed class RunServer(RunServerArguments arguments) : IDisposable
{
    private readonly ConcurrentDictionary<int, LaneServer> lanes = new();

    private readonly Socket listener = FrameSocket.New();

    /// <summary>Makes the socket, which no process in a cage can do.</summary>
    /// <exception cref="SocketException">It cannot be made.</exception>
    public void Listen()
    {
        listener.Bind(new UnixDomainSocketEndPoint(arguments.SocketPath));
        listener.Listen();
    }

    /// <summary>Loads the model and serves it. Returns only where the model does not load.</summary>
    /// <param name="output">Told in one line whether the model is loaded.</param>
    /// <param name="cage">How this process is walled off.</param>
    /// <param name="mayServe">False to open nothing, and only tell.</param>
    public int Serve(TextWriter output, CageReport cage, bool mayServe)
    {
        var walls = cage.ToString();
        if (!mayServe)
        {
            Say(output, new RunServerLine("The model is not opened.", walls));
            return 1;
        }

        ModelSession session;
        try
        {
            session = ModelSession.Load(arguments.ModelPath, arguments.Settings);
        }
        catch (Exception exception) when (exception is ScoringException or Microsoft.ML.OnnxRuntime.OnnxRuntimeException)
        {
            Say(output, new RunServerLine(exception.Message, walls));
            return 1;
        }

        Say(output, new RunServerLine(null, walls));
        for (var number = 0; ; number++)
        {
            var lane = new LaneServer(session, new FrameSocket(listener.Accept()));
            lanes[number] = lane;
            new Thread(Serve) { IsBackground = true, Name = $"lane {number}" }.Start((number, lane));
        }
    }

    /// <summary>Follows what the server asks on the standard input: <c>LANE SEQUENCE</c> asks a run to end.</summary>
    public void Obey(string line)
    {
        var words = line.Split(' ');
        if (words.Length == 2
            && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            && lanes.TryGetValue(number, out var lane))
        {
            lane.End(sequence);
        }
    }

    private void Serve(object? started)
    {
        var (number, lane) = ((int, LaneServer))started!;
        using (lane)
        {
            lane.Serve();
        }

        lanes.TryRemove(number, out _);
    }

    /// <inheritdoc/>
    public void Dispose() => listener.Dispose();

    private static void Say(TextWriter output, RunServerLine line)
    {
        output.WriteLine(line);
        output.Flush();
    }
}
