using System.Text.Json;

namespace Scoring.Batch.Messages;

/// <summary>The message <c>{"id":"…","stored":true}</c>, for a job that is stored already: how a job of any size is sent, and sent again.</summary>
internal static class StoredJob
{
    /// <summary>The id of such a message; null for any other.</summary>
    public static string? FindId(ReadOnlySpan<byte> json)
    {
        try
        {
            string? id = null;
            var isStored = false;
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                {
                    continue;
                }

                var isId = reader.ValueTextEquals("id"u8);
                var isFlag = reader.ValueTextEquals("stored"u8);
                reader.Read();
                id = isId && reader.TokenType == JsonTokenType.String ? reader.GetString() : id;
                isStored |= isFlag && reader.TokenType == JsonTokenType.True;
                if (!isId && !isFlag)
                {
                    return null;
                }
            }

            return isStored && JobId.IsValid(id) ? id : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
