using System.Buffers;
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
    /// <exception cref="ScoringException"><see cref="ErrorCode.BodyTooLarge"/> as soon as it exceeds <paramref name="maxBytes"/>, <see cref="ErrorCode.InvalidJson"/> where it is damaged.</exception>
    public static (byte[] Rented, int Length) Unpack(byte[] packed, string encoding, long maxBytes)
    {
        using var stream = Open(new MemoryStream(packed), encoding);
        var rented = ArrayPool<byte>.Shared.Rent(FirstBytes);
        var length = 0;
        try
        {
            while (stream.Read(rented, length, rented.Length - length) is > 0 and var read)
            {
                length += read;
                if (length > maxBytes)
                {
                    throw RequestBody.TooLarge(maxBytes);
                }

                if (length == rented.Length)
                {
                    rented = Grow(rented);
                }
            }

            return (rented, length);
        }
        catch (Exception exception)
        {
            ArrayPool<byte>.Shared.Return(rented);
            if (exception is InvalidDataException or InvalidOperationException)
            {
                throw new ScoringException(ErrorCode.InvalidJson, $"The body cannot be unpacked as '{encoding}': {exception.Message}", exception);
            }

            throw;
        }
    }

    private static Stream Open(Stream packed, string encoding) =>
        encoding == "gzip" ? new GZipStream(packed, CompressionMode.Decompress) : new BrotliStream(packed, CompressionMode.Decompress);

    private static byte[] Grow(byte[] rented)
    {
        var grown = ArrayPool<byte>.Shared.Rent(checked(rented.Length * 2));
        rented.CopyTo(grown, 0);
        ArrayPool<byte>.Shared.Return(rented);
        return grown;
    }
}
