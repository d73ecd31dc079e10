using System.Buffers;
using System.Globalization;
using System.Text;

namespace Scoring.Features.Text;

/// <summary>Which bytes of a text belong to words.</summary>
internal static class WordBytes
{
    private static readonly byte[] AsIs = BuildTable(lowercase: false);
    private static readonly byte[] Lower = BuildTable(lowercase: true);

    /// <summary>For each ASCII byte what a word takes it as; 0 where it separates words.</summary>
    public static ReadOnlySpan<byte> Table(bool lowercase) => lowercase ? Lower : AsIs;

    /// <summary>Reads the character at the start of the bytes: whether it belongs to a word, and how many bytes it takes, invalid ones included.</summary>
    public static bool ReadRune(ReadOnlySpan<byte> bytes, out Rune rune, out int consumed) =>
        Rune.DecodeFromUtf8(bytes, out rune, out consumed) == OperationStatus.Done
        && Rune.GetUnicodeCategory(rune) is <= UnicodeCategory.OtherNumber;

    /// <summary>Bytes of the character that starts with <paramref name="first"/>, in valid UTF-8.</summary>
    public static int SequenceLength(byte first) => first switch
    {
        < 0x80 => 1,
        < 0xE0 => 2,
        < 0xF0 => 3,
        _ => 4,
    };

    private static byte[] BuildTable(bool lowercase)
    {
        var table = new byte[128];
        for (var value = 0; value < table.Length; value++)
        {
            if (char.IsAsciiLetterOrDigit((char)value))
            {
                table[value] = (byte)(lowercase ? char.ToLowerInvariant((char)value) : value);
            }
        }

        return table;
    }
}
