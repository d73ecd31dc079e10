using System.Text;
using System.Text.Json;
using Scoring.Inference;
using Scoring.Repository;

namespace Scoring.Serving.Probing;

/// <summary>What a child process is told of its cage, before its other arguments.</summary>
/// <param name="IsRequired">Whether to end rather than to open a package without the whole cage.</param>
/// <param name="MemoryBytes">Most bytes of private memory, which the system refuses beyond; 0 for no limit.</param>
/// <param name="ProcessorTime">Most time on processors, over all threads; zero for no limit.</param>
/// <param name="FileBytes">Most bytes of a file that it writes; 0 for no limit.</param>
/// <param name="HasOwnUser">Whether to become a user of its own, where the app is root.</param>
/// <param name="Readable">Folders that may be read, beside those of the runtime and the system.</param>
/// <param name="Writable">Folders that may be written; the first is its own.</param>
public sealed record CageOrder(
    bool IsRequired, long MemoryBytes, TimeSpan ProcessorTime, long FileBytes, bool HasOwnUser, IReadOnlyList<string> Readable, IReadOnlyList<string> Writable)
{
    private const string Verb = "cage";

    // What a model that takes its limit may commit beside it and never touch: the reserves of the runtime and of ONNX Runtime's arenas.
    private const long MemorySlack = 2L << 30;
    private const long MaxFile = 64L << 20;

    /// <summary>The order for a package; null where no cage is wanted.</summary>
    /// <param name="limits">What the process may take.</param>
    /// <param name="settings">Whose providers decide what it needs.</param>
    /// <param name="package">The package's folder.</param>
    /// <param name="scratch">A folder of its own.</param>
    /// <param name="time">How long it may live; null for as long as it is wanted.</param>
    internal static CageOrder? For(ProbeLimits limits, SessionSettings settings, string package, string scratch, TimeSpan? time)
    {
        if (limits.Cage == CagePolicy.Off)
        {
            return null;
        }

        // Other providers use devices, and keep what they compile for the next process of any user.
        var isPlain = settings.ExecutionProviders is [var only] && only.Equals("cpu", StringComparison.OrdinalIgnoreCase);
        return new CageOrder(
            limits.Cage == CagePolicy.Required, limits.MemoryBytes < long.MaxValue / 4 ? (2 * limits.MemoryBytes) + MemorySlack : 0, (time ?? TimeSpan.Zero) * Environment.ProcessorCount,
            isPlain ? MaxFile : 0, isPlain, [package], !isPlain && settings.CompiledPath is { } compiled ? [scratch, compiled] : [scratch]);
    }

    /// <summary>What keeps a package from being opened where the whole cage is required.</summary>
    internal static ScoringException Lacking(string? cage) =>
        new(ErrorCode.ModelUnavailable, $"No package is opened, since the process that would open it is {cage ?? "uncaged"}, and the setting ProbeCage is {nameof(CagePolicy.Required)}.");

    /// <summary>The first arguments of the command line.</summary>
    internal IReadOnlyList<string> Write() => [Verb, Encoding.UTF8.GetString(SmallJson.Write(writer =>
    {
        writer.WriteBoolean("required", IsRequired);
        writer.WriteNumber("memory", MemoryBytes);
        writer.WriteNumber("processor", ProcessorTime.Ticks);
        writer.WriteNumber("file", FileBytes);
        writer.WriteBoolean("user", HasOwnUser);
        Write(writer, "read", Readable);
        Write(writer, "write", Writable);
    }))];

    /// <summary>Reads the first arguments, if they are <see cref="Write()"/>'s.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="rest">What follows.</param>
    /// <returns>Null where no cage is ordered.</returns>
    public static CageOrder? Take(IReadOnlyList<string> arguments, out IReadOnlyList<string> rest)
    {
        if (arguments.Count < 2 || arguments[0] != Verb)
        {
            rest = arguments;
            return null;
        }

        rest = [.. arguments.Skip(2)];
        return SmallJson.Read(Encoding.UTF8.GetBytes(arguments[1]), static root => new CageOrder(
            root.GetProperty("required").GetBoolean(), root.GetProperty("memory").GetInt64(), TimeSpan.FromTicks(root.GetProperty("processor").GetInt64()),
            root.GetProperty("file").GetInt64(), root.GetProperty("user").GetBoolean(), Texts(root, "read"), Texts(root, "write")));
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    // Without LINQ, which would be compiled anew at each start.
    private static List<string> Texts(JsonElement root, string name)
    {
        var texts = new List<string>();
        foreach (var text in root.GetProperty(name).EnumerateArray())
        {
            texts.Add(text.GetString()!);
        }

        return texts;
    }
}
