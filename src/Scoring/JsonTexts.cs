using System.Text.Json;
using System.Text.Unicode;

namespace Scoring;

/// <summary>Finds texts in JSON that a parser passes over and that nobody can read: bytes that are no UTF-8, and half of a surrogate pair.</summary>
internal static class JsonTexts
{
    /// <summary>What is wrong with the texts of a document, such as <c>is not UTF-8</c>; null where all can be read.</summary>
    /// <param name="json">The document.</param>
    /// <param name="options">As it is to be parsed.</param>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static string? Fault(ReadOnlySpan<byte> json, JsonReaderOptions options = default)
    {
        if (!Utf8.IsValid(json))
        {
            return "is not UTF-8";
        }

        var reader = new Utf8JsonReader(json, options);
        while (reader.Read())
        {
            if (reader is { TokenType: JsonTokenType.String or JsonTokenType.PropertyName, ValueIsEscaped: true })
            {
                try
                {
                    reader.GetString();
                }
                catch (InvalidOperationException)
                {
                    return $"has half of a surrogate pair in the text at byte {reader.TokenStartIndex}";
                }
            }
        }

        return null;
    }
}
