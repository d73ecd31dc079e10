using System.Text;
using System.Text.Json;

namespace Scoring.Features;

/// <summary>Says briefly what a refused value was.</summary>
internal static class Found
{
    private const int MaxCharacters = 40;

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

    private static string Cut(ReadOnlySpan<byte> utf8)
    {
        var text = Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, MaxCharacters * 4)]);
        return text.Length > MaxCharacters ? text[..MaxCharacters] + "…" : text;
    }
}
