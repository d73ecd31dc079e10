using System.Text;
using System.Text.Json;

namespace Scoring.Features;

/// <summary>How a caller writes that a number is missing.</summary>
internal static class MissingValue
{
    /// <summary>True where the reader stands on <c>null</c> or <c>"NaN"</c>.</summary>
    public static bool Is(ref Utf8JsonReader reader)
        => reader.TokenType == JsonTokenType.Null || (reader.TokenType == JsonTokenType.String && JsonText.Is(ref reader, "NaN"u8));

    /// <summary>True for a text field that says <c>NaN</c>, in letters of any case.</summary>
    public static bool Is(ReadOnlySpan<byte> text) => Ascii.EqualsIgnoreCase(text, "NaN"u8);
}
