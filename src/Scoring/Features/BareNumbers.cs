using System.Buffers;

namespace Scoring.Features;

/// <summary>The tokens <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>, which Python's json module writes and JSON does not have.</summary>
internal static class BareNumbers
{
    private static readonly SearchValues<byte> Begins = SearchValues.Create("\"NI"u8);

    /// <summary>What an error says more where such a token is the cause; empty where there is none.</summary>
    public static string Advice(ReadOnlySpan<byte> json)
        => TryFind(json, 0, out _, out var token)
            ? $" JSON has no {System.Text.Encoding.ASCII.GetString(token)}: a missing number is null or \"NaN\" in quotes, where the model takes one; Python's json.dumps refuses such values with allow_nan=False."
            : "";

    /// <summary>The same JSON with <c>null</c> for <c>NaN</c> and the infinities in quotes; null where it has no such token.</summary>
    public static byte[]? Quote(ReadOnlySpan<byte> json)
    {
        if (!TryFind(json, 0, out var start, out var token))
        {
            return null;
        }

        var quoted = new ArrayBufferWriter<byte>(json.Length + 64);
        var copied = 0;
        do
        {
            quoted.Write(json[copied..start]);
            quoted.Write(token.Length == 3 ? "null"u8 : token[0] == '-' ? "\"-Infinity\""u8 : "\"Infinity\""u8);
            copied = start + token.Length;
        }
        while (TryFind(json, copied, out start, out token));
        quoted.Write(json[copied..]);
        return quoted.WrittenSpan.ToArray();
    }

    private static bool TryFind(ReadOnlySpan<byte> json, int from, out int start, out ReadOnlySpan<byte> token)
    {
        for (start = from; json[start..].IndexOfAny(Begins) is >= 0 and var skipped; start++)
        {
            start += skipped;
            if (json[start] == '"')
            {
                start = EndOfText(json, start);
                continue;
            }

            token = json[start..].StartsWith("NaN"u8) ? "NaN"u8 : json[start..].StartsWith("Infinity"u8) ? "Infinity"u8 : default;
            if (token.Length > 0)
            {
                if (token.Length > 3 && start > from && json[start - 1] == '-')
                {
                    start--;
                    token = "-Infinity"u8;
                }

                return true;
            }
        }

        token = default;
        return false;
    }

    // The closing quote, or the last byte where there is none.
    private static int EndOfText(ReadOnlySpan<byte> json, int quote)
    {
        for (var index = quote + 1; index < json.Length; index++)
        {
            if (json[index] == '\\')
            {
                index++;
            }
            else if (json[index] == '"')
            {
                return index;
            }
        }

        return json.Length - 1;
    }
}
