using System.Buffers;
using System.Text.Json;

namespace Scoring.Repository;

/// <summary>
/// Reads and writes the small records of a start (pointers, manifests, verdicts, marks) member by member: the serializer's metadata for them, compiled
/// anew by every process, took longer than all the rest of reading them.
/// </summary>
internal static class SmallJson
{
    /// <summary>How files are read that people and other programs write: of two members of one name nobody can tell which is meant.</summary>
    public static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>A record; null where there is none, or where it is damaged.</summary>
    /// <param name="json">The file's content, or null.</param>
    /// <param name="read">Takes the object apart; any member that is missing or of another kind may throw.</param>
    public static T? Read<T>(byte[]? json, Func<JsonElement, T?> read)
        where T : class
    {
        if (json is null)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return read(document.RootElement);
        }
        catch (Exception e) when (IsDamage(e))
        {
            return null;
        }
    }

    /// <summary>A record as one line of UTF-8.</summary>
    /// <param name="write">Writes the members of one object.</param>
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json);
        writer.WriteStartObject();
        write(writer);
        writer.WriteEndObject();
        writer.Flush();
        return json.WrittenSpan.ToArray();
    }

    /// <summary>Writes a member that is left out where it is null.</summary>
    public static void WriteOptional(this Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    /// <summary>Whether an exception tells of text that is no JSON, or of a member that is missing or of another kind.</summary>
    public static bool IsDamage(Exception exception) => exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or ArgumentException;

    /// <summary>A text that must be there.</summary>
    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null.");

    /// <summary>A text that may be missing.</summary>
    public static string? OptionalText(this JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;
}
