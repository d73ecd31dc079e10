using System.Buffers.Text;
using System.Text;

namespace Scoring.Batch.Messages;

/// <summary>The JSON of a queue message, which clients send as it is or in base64.</summary>
internal static class MessageBody
{
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidJson"/>: neither JSON nor base64.</exception>
    public static byte[] Decode(string message)
    {
        var text = message.AsSpan().Trim(" \t\r\n\uFEFF");
        if (text is ['{', ..])
        {
            return Encoding.UTF8.GetBytes(text.ToString());
        }

        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Convert.TryFromBase64Chars(text, decoded, out var length)
            ? decoded.AsSpan(0, length).TrimStart("\uFEFF"u8).ToArray()
            : throw new ScoringException(ErrorCode.InvalidJson, $"The message is refused: expected a JSON object or base64 of one, found {Excerpt(text)}");
    }

    private static string Excerpt(ReadOnlySpan<char> text) => text switch
    {
        [] => "nothing",
        { Length: > 40 } => $"'{text[..40]}…'",
        _ => $"'{text}'",
    };
}
