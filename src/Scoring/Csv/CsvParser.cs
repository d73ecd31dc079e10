namespace Scoring.Csv;

/// <summary>
/// Splits one CSV record (RFC 4180, with a comma or another delimiter) into its fields, unescaping doubled quotes in place. Not thread safe; nothing is
/// allocated once it has seen its widest record.
/// </summary>
/// <remarks>A quote opens a quoted field only as the field's first byte; elsewhere in an unquoted field it stands for itself.</remarks>
/// <param name="delimiter">Between fields; ASCII, no quote and no line ending.</param>
public sealed class CsvParser(byte delimiter = (byte)',')
{
    private Range[] fields = new Range[32];

    /// <param name="record">One record without its line ending; its bytes are overwritten where quotes are doubled.</param>
    public CsvRow Parse(Span<byte> record)
    {
        var count = 0;
        var start = 0;
        while (true)
        {
            if (count == fields.Length)
            {
                Array.Resize(ref fields, count * 2);
            }

            int end;
            if (start < record.Length && record[start] == (byte)'"')
            {
                var length = Unquote(record[start..], out var consumed);
                fields[count++] = (start + 1)..(start + 1 + length);
                end = start + consumed;
            }
            else
            {
                var next = record[start..].IndexOf(delimiter);
                end = next < 0 ? record.Length : start + next;
                fields[count++] = start..end;
            }

            if (end >= record.Length)
            {
                return new CsvRow(record, fields.AsSpan(0, count));
            }

            start = end + 1;
        }
    }

    // Removes the doubled quotes of a field by moving the rest of its content up. What follows the closing quote up to the delimiter is kept as it is.
    private int Unquote(Span<byte> field, out int consumed)
    {
        var read = 1;
        var write = 1;
        var quoted = true;
        while (read < field.Length)
        {
            var rest = field[read..];
            var run = quoted ? rest.IndexOf((byte)'"') : rest.IndexOf(delimiter);
            run = run < 0 ? rest.Length : run;
            rest[..run].CopyTo(field[write..]);
            write += run;
            read += run;
            if (!quoted || read >= field.Length)
            {
                break;
            }

            if (read + 1 < field.Length && field[read + 1] == (byte)'"')
            {
                field[write++] = (byte)'"';
                read += 2;
            }
            else
            {
                quoted = false;
                read++;
            }
        }

        consumed = read;
        return write - 1;
    }
}
