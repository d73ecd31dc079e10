using System.Text.Json;
using ModelTool.Native;

namespace ModelTool.Training;

/// <summary>What a training has found so far, on disk, a line each: one that was interrupted goes on where it was. The first line says what is trained; for anything else the file begins anew.</summary>
internal sealed class TrainState : IDisposable
{
    private readonly StreamWriter writer;
    private readonly Dictionary<string, JsonElement> known = new(StringComparer.Ordinal);

    private TrainState(string path, string identity)
    {
        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        IsSame = lines is [var first, ..] && first == identity;
        foreach (var line in IsSame ? lines[1..] : [])
        {
            if (TryRead(line) is { } entry)
            {
                known[entry.Key] = entry.Value;
            }
        }

        Resumed = known.Count;
        writer = new StreamWriter(path, append: false) { AutoFlush = true };
        writer.WriteLine(identity);
        foreach (var (key, value) in known)
        {
            Write(new Entry(key, value));
        }
    }

    /// <summary>False where the file was of another training, or there was none.</summary>
    public bool IsSame { get; }

    /// <summary>Results that were there already.</summary>
    public int Resumed { get; }

    /// <summary>Opens or begins a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="identity">What decides the results: the texts, the options, the program.</param>
    public static TrainState Open(string path, JsonParts identity) => new(path, identity.ToString());

    /// <summary>What is known under a key; otherwise it is found out and kept.</summary>
    public T Get<T>(string key, Func<T> find)
    {
        if (known.TryGetValue(key, out var value))
        {
            return value.Deserialize(StepJson.Of<T>())!;
        }

        var found = find();
        Keep(key, found);
        return found;
    }

    /// <summary>Whether something is known under a key.</summary>
    public bool Has(string key) => known.ContainsKey(key);

    /// <summary>Keeps a result.</summary>
    public void Keep<T>(string key, T value)
    {
        known[key] = JsonSerializer.SerializeToElement(value, StepJson.Of<T>());
        Write(new Entry(key, known[key]));
    }

    public void Dispose() => writer.Dispose();

    private void Write(Entry entry) => writer.WriteLine(JsonSerializer.Serialize(entry, StepJson.Of<Entry>()));

    // The last line of a killed process may be half a line.
    private static Entry? TryRead(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, StepJson.Of<Entry>());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A line of the file.</summary>
    internal sealed record Entry(string Key, JsonElement Value);
}
