using System.Text.Json;

namespace Scoring.Features;

/// <summary>Strings of a JSON reader as UTF-8.</summary>
internal static class JsonText
{
    /// <summary>
    /// Copies the string that the reader stands on, unescaped. False when the room does not do, or when an escape names half of a surrogate pair,
    /// which has no UTF-8.
    /// </summary>
    public static bool TryCopy(ref Utf8JsonReader reader, scoped Span<byte> destination, out int length)
    {
        length = 0;
        if (destination.Length < reader.ValueSpan.Length)
        {
            return false;
        }

        try
        {
            length = reader.CopyString(destination);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>True when the name or string that the reader stands on is this text; false also for one that has no UTF-8, which the reader itself answers with an exception.</summary>
    public static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan.SequenceEqual(text);
        }

        try
        {
            return reader.ValueTextEquals(text);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The property name that the reader stands on, for messages; a name that has no UTF-8 becomes the replacement character.</summary>
    public static string Name(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "\uFFFD";
        }
    }
}
