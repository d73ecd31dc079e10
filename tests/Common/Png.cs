using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace TestCommon;

/// <summary>Makes small images, so that tests know each pixel.</summary>
internal static class Png
{
    /// <summary>What a pixel is made of, as the file's header says it.</summary>
    public const byte Grey = 0;
    public const byte Color = 2;
    public const byte GreyAlpha = 4;
    public const byte ColorAlpha = 6;

    /// <summary>An image of eight bits a channel.</summary>
    /// <param name="width">In pixels.</param>
    /// <param name="pixels">Red, green and blue of each pixel, row by row.</param>
    public static byte[] Of(int width, params byte[] pixels) => OfKind(width, pixels.Length / 3 / width, Color, 8, pixels);

    /// <summary>An image of any kind.</summary>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="kind">What a pixel is made of.</param>
    /// <param name="depth">Bits of each part of it: 8 or 16.</param>
    /// <param name="pixels">The parts of each pixel, row by row; of two bytes the higher first.</param>
    public static byte[] OfKind(int width, int height, byte kind, byte depth, params byte[] pixels)
    {
        using var rows = new MemoryStream();
        using (var packed = new ZLibStream(rows, CompressionLevel.Fastest, leaveOpen: true))
        {
            var length = pixels.Length / height;
            for (var row = 0; row < height; row++)
            {
                packed.WriteByte(0);
                packed.Write(pixels, row * length, length);
            }
        }

        return File(width, height, kind, depth, rows.ToArray());
    }

    /// <summary>A file that says it has so many pixels, and has none.</summary>
    public static byte[] Claiming(int width, int height) => File(width, height, Color, 8, []);

    private static byte[] File(int width, int height, byte kind, byte depth, byte[] rows)
    {
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = depth;
        header[9] = kind;
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        WriteChunk(file, "IHDR", header);
        WriteChunk(file, "IDAT", rows);
        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    private static void WriteChunk(MemoryStream file, string type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        byte[] named = [.. Encoding.ASCII.GetBytes(type), .. content];
        file.Write(named);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(named));
        file.Write(number);
    }
}
