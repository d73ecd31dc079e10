using System.Text;

namespace Scoring.Onnx;

/// <summary>Walks the fields of a message of the ONNX format in a file, so that what is not wanted, the weights above all, is passed over unread.</summary>
internal static class MessageScan
{
    private const int LengthDelimited = 2;

    /// <summary>
    /// Leaves the stream at the next field's content and tells where that ends; false at the end of the message. Only texts, bytes and messages have a number,
    /// other fields are told as 0. The caller moves the stream to <paramref name="end"/>.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is damaged: a field reaches beyond its message.</exception>
    /// <exception cref="EndOfStreamException">The file was cut short.</exception>
    public static bool TryReadField(Stream file, long limit, out int field, out long end)
    {
        field = 0;
        end = limit;
        if (file.Position >= limit)
        {
            return false;
        }

        var tag = ReadVarint(file);
        var wireType = (int)(tag & 7);
        field = wireType == LengthDelimited ? (int)(tag >> 3) : 0;
        end = wireType switch
        {
            0 => Skip(file),
            1 => file.Position + sizeof(ulong),
            LengthDelimited => (long)ReadVarint(file) + file.Position,
            _ => file.Position + sizeof(uint),
        };
        return end >= file.Position && end <= limit ? true : throw new InvalidDataException("A field of the model's file reaches beyond its message.");
    }

    /// <summary>The bytes up to <paramref name="end"/>.</summary>
    public static byte[] ReadBytes(Stream file, long end)
    {
        var bytes = new byte[end - file.Position];
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The text up to <paramref name="end"/>.</summary>
    public static string ReadText(Stream file, long end) => Encoding.UTF8.GetString(ReadBytes(file, end));

    private static long Skip(Stream file)
    {
        ReadVarint(file);
        return file.Position;
    }

    private static ulong ReadVarint(Stream file)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = file.ReadByte();
            if (next < 0)
            {
                throw new EndOfStreamException("The model's file was cut short.");
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                break;
            }
        }

        return value;
    }
}
