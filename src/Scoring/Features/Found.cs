using System.Text;
using System.Text.Json;

namespace Scoring.Features;

/// <summary>Says briefly what a refused value was.</summary>
internal static class Found
{
    /// <summary>Most characters of a caller's name in a message or a pointer.</summary>
    public const int MaxName = 200;

    private const int MaxCharacters = 40;

    // As JSON spells a character at its longest: \u00e9.
    private const int MaxSpelling = 6;

    /// <summary>The token that the reader stands on.</summary>
    public static string Describe(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Null => "null",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.Number => $"the number {Cut(reader.ValueSpan)}",
        JsonTokenType.String => $"the text \"{Cut(reader.ValueSpan)}\"",
        _ => reader.TokenType.ToString(),
    };

    /// <summary>A text field.</summary>
    public static string Describe(ReadOnlySpan<byte> text) => text.IsEmpty ? "an empty field" : $"\"{Cut(text)}\"";

    /// <summary>
    /// The name that the reader stands on, for messages and pointers. Callers choose names: of a longer one the first <see cref="MaxName"/> characters are told, and no more is ever unescaped.
    /// An escape that names half of a surrogate pair becomes U+FFFD.
    /// </summary>
    public static string Name(ref Utf8JsonReader reader)
    {
        const int MaxBytes = (MaxName + 1) * MaxSpelling;
        var name = reader.ValueSpan;
        var end = 0;
        while (end < name.Length && end < MaxBytes)
        {
            end += name[end] != '\\' ? 1 : name[end + 1] == 'u' ? MaxSpelling : 2;
        }

        Span<byte> room = stackalloc byte[MaxBytes + MaxSpelling];
        return Name(Encoding.UTF8.GetString(room[..JsonText.Unescape(name[..end], room)]));
    }

    /// <summary>A name that was read already, cut as the others are.</summary>
    public static string Name(string name) => Cut(name, MaxName);

    private static string Cut(ReadOnlySpan<byte> utf8) => Cut(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, MaxCharacters * 4)]), MaxCharacters);

    private static string Cut(string text, int length) =>
        text.Length <= length ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[length - 1]) ? length - 1 : length), "…");
}
