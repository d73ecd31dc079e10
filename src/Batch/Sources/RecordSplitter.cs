namespace Scoring.Batch.Sources;

/// <summary>Finds where records end. Planning and scoring share it, so that both see the same records.</summary>
internal static class RecordSplitter
{
    /// <summary>Length of the record that starts at the first byte of <paramref name="data"/>, its line feed included; -1 when it does not end in it.</summary>
    /// <param name="resume">State of the search, 0 at a record's start: give it back with the same start and more data, so that no byte is searched twice.</param>
    public static int FindEnd(RecordFormat format, byte delimiter, ReadOnlySpan<byte> data, ref Resume resume)
    {
        if (format == RecordFormat.JsonLines)
        {
            var found = data[resume.Position..].IndexOf((byte)'\n');
            if (found >= 0)
            {
                return resume.Position + found + 1;
            }

            resume.Position = data.Length;
            return -1;
        }

        return FindCsvEnd(delimiter, data, ref resume);
    }

    /// <summary>The record without its line ending.</summary>
    public static Span<byte> TrimEnding(Span<byte> record)
    {
        if (record is [.., (byte)'\n'])
        {
            record = record[..^1];
        }

        return record is [.., (byte)'\r'] ? record[..^1] : record;
    }

    /// <summary>Whether what is left of a line is no record.</summary>
    public static bool IsBlank(RecordFormat format, ReadOnlySpan<byte> trimmed) =>
        trimmed.IsEmpty || (format == RecordFormat.JsonLines && trimmed[0] <= ' ' && !trimmed.ContainsAnyExcept(" \t\r"u8));

    /// <summary>Whether the data, which is the file's last, ends inside a quoted field. A quote that is its last byte closes the field.</summary>
    public static bool IsUnclosed(ReadOnlySpan<byte> data, Resume resume) => resume.Quoted && !(resume.Position == data.Length - 1 && data[^1] == (byte)'"');

    private static int FindCsvEnd(byte delimiter, ReadOnlySpan<byte> data, ref Resume resume)
    {
        var position = resume.Position;
        while (true)
        {
            if (resume.Quoted)
            {
                var quote = data[position..].IndexOf((byte)'"');
                if (quote < 0 || position + quote + 1 == data.Length)
                {
                    // Whether a quote at the very end closes the field shows only with the next byte.
                    resume.Position = quote < 0 ? data.Length : position + quote;
                    return -1;
                }

                position += quote + 1;
                if (data[position] == (byte)'"')
                {
                    position++;
                    continue;
                }

                resume.Quoted = false;
            }

            var next = data[position..].IndexOfAny((byte)'\n', (byte)'"');
            if (next < 0)
            {
                resume.Position = data.Length;
                return -1;
            }

            position += next;
            if (data[position] == (byte)'\n')
            {
                return position + 1;
            }

            resume.Quoted = position == 0 || data[position - 1] == delimiter;
            resume.QuoteStart = position;
            position++;
        }
    }

    /// <summary>How far the search for a record's end has come.</summary>
    public struct Resume
    {
        public int Position;
        public bool Quoted;

        /// <summary>Where the quote stands that opened last.</summary>
        public int QuoteStart;
    }
}
