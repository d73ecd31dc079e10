using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Scoring.Features;

/// <summary>How arrays lie within each other in JSON. The readers are copies: the caller's stays where it is.</summary>
internal static class JsonNesting
{
    /// <summary>How many arrays begin one inside the other at the reader's token: 2 for <c>[[1,2],[3,4]]</c>, 0 for a value.</summary>
    public static int DepthOf(Utf8JsonReader reader)
    {
        var depth = 0;
        while (reader.TokenType == JsonTokenType.StartArray)
        {
            depth++;
            if (!reader.Read())
            {
                break;
            }
        }

        return depth;
    }

    /// <summary>Whether the innermost of the arrays that begin one inside the other at the reader's token is empty: so it is of <c>[[],[]]</c>, not of a value.</summary>
    public static bool EndsEmpty(Utf8JsonReader reader)
    {
        var begins = reader.TokenType == JsonTokenType.StartArray;
        while (reader.TokenType == JsonTokenType.StartArray && reader.Read())
        {
        }

        return begins && reader.TokenType == JsonTokenType.EndArray;
    }

    /// <summary>Whether the array that begins at the reader's token holds exactly one element.</summary>
    public static bool HoldsOne(Utf8JsonReader reader)
    {
        reader.Read();
        reader.TrySkip();
        return reader.Read() && reader.TokenType == JsonTokenType.EndArray;
    }

    /// <summary>The JSON pointer of an element below an array: <c>/1/0</c> for the first element of its second.</summary>
    public static string Path(ReadOnlySpan<int> indexes)
    {
        var path = new StringBuilder();
        foreach (var index in indexes)
        {
            path.Append(CultureInfo.InvariantCulture, $"/{index}");
        }

        return path.ToString();
    }
}
