using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Scoring.Http;

/// <summary>Bodies that were sent compressed, by gzip or Brotli. What they unpack to is held to the limit of every other body.</summary>
internal static class PackedBody
{
    private const int FirstBytes = 64 << 10;

    /// <summary>True for a body that says it is compressed.</summary>
    public static bool Is(HttpRequest request) => request.Headers.ContentEncoding.Count > 0 && request.Headers.ContentEncoding != "identity";

    /// <summary>True for a way of compressing that is read.</summary>
    public static bool IsKnown(string encoding) => encoding is "gzip" or "br";

    /// <summary>Unpacks a body into an array of the shared pool; the caller gives it back.</summary>
    /// <exception cref="ScoringException">
    /// <see cref="ErrorCode.BodyTooLarge"/> as soon as it exceeds <paramref name="maxBytes"/>, <see cref="ErrorCode.Overloaded"/> as soon as it exceeds what the budget has left,
    /// <see cref="ErrorCode.InvalidJson"/> where it is damaged or cut.
    /// </exception>
    public static (byte[] Rented, int Length) Unpack(byte[] packed, string encoding, long maxBytes, BodyCharge charge)
    {
        var rented = ArrayPool<byte>.Shared.Rent(FirstBytes);
        try
        {
            var length = encoding == "gzip" ? Gunzip(packed, ref rented, maxBytes, charge) : Unbrotli(packed, ref rented, maxBytes, charge);
            return (rented, length);
        }
        catch (Exception exception)
        {
            ArrayPool<byte>.Shared.Return(rented);
            if (exception is InvalidDataException)
            {
                throw new ScoringException(ErrorCode.InvalidJson, $"The body cannot be unpacked as '{encoding}': it is damaged or cut.", exception);
            }

            throw;
        }
    }

    private static int Gunzip(byte[] packed, ref byte[] rented, long maxBytes, BodyCharge charge)
    {
        using var stream = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        var length = 0;
        while (stream.Read(rented, length, rented.Length - length) is > 0 and var read)
        {
            length += read;
            MakeRoom(ref rented, length, maxBytes, charge);
        }

        // The stream takes a body that is cut for one that ends; its last four bytes tell how long it was before it was packed.
        return packed.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(packed.AsSpan(^sizeof(uint))) == length
            ? length
            : throw new InvalidDataException();
    }

    private static int Unbrotli(ReadOnlySpan<byte> packed, ref byte[] rented, long maxBytes, BodyCharge charge)
    {
        using var decoder = default(BrotliDecoder);
        var length = 0;
        while (true)
        {
            var status = decoder.Decompress(packed, rented.AsSpan(length), out var consumed, out var written);
            packed = packed[consumed..];
            length += written;
            if (status == OperationStatus.DestinationTooSmall || status == OperationStatus.Done)
            {
                MakeRoom(ref rented, length, maxBytes, charge);
            }

            if (status == OperationStatus.Done)
            {
                return length;
            }

            if (status != OperationStatus.DestinationTooSmall)
            {
                throw new InvalidDataException();
            }
        }
    }

    private static void MakeRoom(ref byte[] rented, int length, long maxBytes, BodyCharge charge)
    {
        if (length > maxBytes)
        {
            throw RequestBody.TooLarge(maxBytes);
        }

        charge.GrowTo(length);

        if (length < rented.Length)
        {
            return;
        }

        var grown = ArrayPool<byte>.Shared.Rent(checked(rented.Length * 2));
        rented.CopyTo(grown, 0);
        ArrayPool<byte>.Shared.Return(rented);
        rented = grown;
    }
}
