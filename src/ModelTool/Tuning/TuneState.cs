using System.Text.Json;
using ModelTool.Native;

namespace ModelTool.Tuning;

/// <summary>Measurements on disk as they are made, a line each, so that a search that was interrupted goes on where it was. The first line says what is searched; for anything else the file begins anew.</summary>
internal sealed class TuneState : IDisposable
{
    private readonly StreamWriter writer;
    private readonly Dictionary<(TuneSetting Setting, int Round), TuneMeasurement> known = [];

    private TuneState(string path, string identity)
    {
        Path = path;
        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        foreach (var line in lines is [var first, ..] && first == identity ? lines[1..] : [])
        {
            if (TryRead(line) is { } found)
            {
                known[(found.Setting, found.Round)] = found;
            }
        }

        Resumed = known.Count;
        writer = new StreamWriter(path, append: false) { AutoFlush = true };
        writer.WriteLine(identity);
        foreach (var found in known.Values)
        {
            Write(found);
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Measurements that were there already.</summary>
    public int Resumed { get; }

    /// <summary>Opens or begins a file.</summary>
    /// <param name="identity">What decides the measurements: model, promise, machine.</param>
    public static TuneState Open(string path, JsonParts identity) => new(path, identity.ToString());

    /// <summary>What is known already; null for what has to be measured.</summary>
    public TuneMeasurement? Find(TuneSetting setting, int round) => known.GetValueOrDefault((setting, round));

    public void Add(TuneMeasurement found)
    {
        known[(found.Setting, found.Round)] = found;
        Write(found);
    }

    public void Dispose() => writer.Dispose();

    private void Write(TuneMeasurement found) => writer.WriteLine(JsonSerializer.Serialize(found, StepJson.Of<TuneMeasurement>()));

    // The last line of a killed process may be half a line.
    private static TuneMeasurement? TryRead(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, StepJson.Of<TuneMeasurement>());
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
