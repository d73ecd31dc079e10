namespace Scoring.Batch.Messages;

/// <summary>Drops the blanks between tokens and leaves each token's bytes alone: numbers keep their digits, strings their escapes.</summary>
internal static class CompactJson
{
    /// <param name="json">Valid JSON.</param>
    public static byte[] Write(ReadOnlySpan<byte> json)
    {
        var compact = new byte[json.Length];
        var length = 0;
        var inString = false;
        for (var i = 0; i < json.Length; i++)
        {
            var current = json[i];
            if (inString && current == '\\')
            {
                compact[length++] = current;
                compact[length++] = json[++i];
                continue;
            }

            inString ^= current == '"';
            if (inString || current > ' ')
            {
                compact[length++] = current;
            }
        }

        Array.Resize(ref compact, length);
        return compact;
    }
}
