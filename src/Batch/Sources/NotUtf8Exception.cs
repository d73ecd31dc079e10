using System.Buffers;
using System.Text.Unicode;

namespace Scoring.Batch.Sources;

/// <summary>A text file has bytes that are no UTF-8, as Latin-1 has for each letter with an accent.</summary>
/// <param name="offset">Position of the first of them in the file's text.</param>
internal sealed class NotUtf8Exception(long offset) : TextFault(offset, $"The bytes at {offset} are no UTF-8.")
{
    /// <summary>Throws where a record is no UTF-8.</summary>
    /// <param name="record">Its bytes.</param>
    /// <param name="position">Where it starts in the file's text.</param>
    public static void ThrowIfNot(ReadOnlySpan<byte> record, long position)
    {
        if (!Utf8.IsValid(record))
        {
            throw new NotUtf8Exception(position + FindFault(record));
        }
    }

    protected override string Describe(string path, long line) =>
        $"'{path}' is no UTF-8: line {line} has other bytes (at byte {Offset}), as Latin-1 and Windows-1252 have; write it as UTF-8";

    private static int FindFault(ReadOnlySpan<byte> record)
    {
        var text = new char[record.Length];
        return Utf8.ToUtf16(record, text, out var read, out _, replaceInvalidSequences: false) == OperationStatus.Done ? 0 : read;
    }
}
