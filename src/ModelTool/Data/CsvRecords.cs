namespace ModelTool.Data;

/// <summary>The records of a CSV file: lines, save where a quoted field goes on over the end of one.</summary>
internal static class CsvRecords
{
    /// <summary>Splits a file; blank lines and a byte order mark are left out.</summary>
    /// <param name="bytes">The file's.</param>
    /// <param name="quotes">False for a file of plain lines.</param>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Split(byte[] bytes, bool quotes = true)
    {
        var records = new List<ReadOnlyMemory<byte>>();
        var start = bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;
        var isQuoted = false;
        for (var index = start; index <= bytes.Length; index++)
        {
            if (quotes && index < bytes.Length && bytes[index] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (index == bytes.Length || (bytes[index] == '\n' && !isQuoted))
            {
                var end = index > start && bytes[index - 1] == '\r' ? index - 1 : index;
                if (end > start)
                {
                    records.Add(bytes.AsMemory(start..end));
                }

                start = index + 1;
            }
        }

        return records;
    }
}
