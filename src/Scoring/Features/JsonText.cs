using System.Globalization;
using System.Text;
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

    /// <summary>
    /// Writes a JSON string's bytes, known to be valid, without their escapes, and returns how many they are; never more than came in.
    /// An escape that names half of a surrogate pair becomes U+FFFD.
    /// </summary>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> destination)
    {
        var written = 0;
        for (var escape = escaped.IndexOf((byte)'\\'); escape >= 0; escape = escaped.IndexOf((byte)'\\'))
        {
            escaped[..escape].CopyTo(destination[written..]);
            written += escape;
            if (escaped[escape + 1] == 'u')
            {
                var rune = ReadRune(escaped[escape..], out var consumed);
                written += rune.EncodeToUtf8(destination[written..]);
                escaped = escaped[(escape + consumed)..];
            }
            else
            {
                destination[written++] = escaped[escape + 1] switch
                {
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    var itself => itself,
                };
                escaped = escaped[(escape + 2)..];
            }
        }

        escaped.CopyTo(destination[written..]);
        return written + escaped.Length;
    }

    private static Rune ReadRune(ReadOnlySpan<byte> escapes, out int consumed)
    {
        var first = ReadUnit(escapes);
        consumed = 6;
        if (Rune.TryCreate(first, out var rune))
        {
            return rune;
        }

        if (escapes.Length >= 12 && escapes[6] == '\\' && escapes[7] == 'u' && Rune.TryCreate(first, ReadUnit(escapes[6..]), out rune))
        {
            consumed = 12;
            return rune;
        }

        return Rune.ReplacementChar;
    }

    private static char ReadUnit(ReadOnlySpan<byte> escape)
        => (char)ushort.Parse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

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

    /// <inheritdoc cref="Is(ref Utf8JsonReader, ReadOnlySpan{byte})"/>
    public static bool Is(ref Utf8JsonReader reader, string text) => Is(ref reader, Encoding.UTF8.GetBytes(text));

    /// <summary>The whole name or text that the reader stands on; one that has no UTF-8 becomes the replacement character. Messages show <see cref="Found.Name(ref Utf8JsonReader)"/>.</summary>
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
