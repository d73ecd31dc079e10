using System.Text.Json;
using Scoring.Features;

namespace Scoring.Protocol;

/// <summary>Finds who asks in a body, before a version is chosen for it: <c>parameters.subject</c>.</summary>
public static class RequestSubject
{
    /// <summary>Most bytes of a subject as UTF-8.</summary>
    public const int MaxBytes = 256;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    /// <summary>Finds the subject. A body that is no request, and a subject that is none, are refused later by whoever reads them.</summary>
    /// <param name="body">UTF-8, with or without a byte order mark.</param>
    /// <param name="room">Takes the subject; <see cref="MaxBytes"/>.</param>
    /// <returns>The subject in the room; empty where there is none.</returns>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> body, Span<byte> room) => Find(body, "parameters"u8, "subject"u8, room);

    /// <summary>Finds the text of a member of the body itself, such as OpenAI's <c>user</c>.</summary>
    /// <inheritdoc cref="Find(ReadOnlySpan{byte}, Span{byte})"/>
    public static ReadOnlySpan<byte> FindUser(ReadOnlySpan<byte> body, Span<byte> room) => Find(body, default, "user"u8, room);

    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> body, ReadOnlySpan<byte> parent, ReadOnlySpan<byte> name, Span<byte> room)
    {
        try
        {
            var reader = new Utf8JsonReader(body is [0xEF, 0xBB, 0xBF, ..] ? body[3..] : body, Options);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && (parent.IsEmpty || (TryEnter(ref reader, parent) && reader.TokenType == JsonTokenType.StartObject))
                && TryEnter(ref reader, name) && reader.TokenType == JsonTokenType.String && JsonText.TryCopy(ref reader, room, out var length)
                ? room[..length]
                : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }

    // Onto the value of a member of the object that the reader stands on.
    private static bool TryEnter(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isFound = JsonText.Is(ref reader, name);
            reader.Read();
            if (isFound)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
