using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Scoring.Batch.Sources;
using Scoring.Inference.Buffers;

namespace Scoring.Http;

/// <summary>Bodies that were sent compressed, by gzip or Brotli. What they unpack to is held to the limit of every other body.</summary>
internal static class PackedBody
{
    private const int PieceBytes = 64 << 10;
    private const string Gzip = "gzip";
    private const string Brotli = "br";

    /// <summary>True for a body that says it is compressed.</summary>
    public static bool Is(HttpRequest request) => CodingOf(request) is not null;

    /// <summary>How a body says that it is compressed, <c>gzip</c> or <c>br</c> where that can be read, whatever its letters; null for a body as it is (RFC 9110, 8.4.1).</summary>
    public static string? CodingOf(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count == 0)
        {
            return null;
        }

        var codings = request.Headers.ContentEncoding.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(coding => !coding.Equals("identity", StringComparison.OrdinalIgnoreCase)).ToArray();
        return codings switch
        {
            [] => null,
            [var one] when IsOne(one, Gzip) || IsOne(one, "x-gzip") => Gzip,
            [var one] when IsOne(one, Brotli) => Brotli,
            _ => string.Join(", ", codings),
        };

        static bool IsOne(string coding, string known) => coding.Equals(known, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>True for a way of compressing that is read.</summary>
    public static bool IsKnown(string coding) => coding is Gzip or Brotli;

    /// <summary>Unpacks a body; the caller disposes what comes of it.</summary>
    /// <exception cref="ScoringException">
    /// <see cref="ErrorCode.BodyTooLarge"/> as soon as it exceeds <paramref name="maxBytes"/>, <see cref="ErrorCode.Overloaded"/> as soon as it exceeds what the budget has left,
    /// <see cref="ErrorCode.InvalidJson"/> where it is damaged or cut.
    /// </exception>
    public static TensorMemory Unpack(byte[] packed, string coding, long maxBytes, BodyCharge charge)
    {
        using var unpacked = new BodyBytes(told: null, maxBytes, alignedAt: 0, charge);
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            if (coding == Gzip)
            {
                Gunzip(packed, piece, unpacked, maxBytes);
            }
            else
            {
                Unbrotli(packed, piece, unpacked, maxBytes);
            }

            return unpacked.Take();
        }
        catch (Exception exception) when (exception is InvalidDataException or ScoringException { Code: ErrorCode.InvalidValue })
        {
            throw new ScoringException(ErrorCode.InvalidJson, $"The body cannot be unpacked as '{coding}': it is damaged or cut.", exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private static void Gunzip(byte[] packed, byte[] piece, BodyBytes unpacked, long maxBytes)
    {
        using var stream = new GunzipStream(new MemoryStream(packed), "body");
        while (Read(stream, piece) is > 0 and var read)
        {
            Add(unpacked, piece, read, maxBytes);
        }
    }

    // Nothing is waited for: the body is here.
    private static int Read(GunzipStream stream, Memory<byte> room) => stream.ReadAsync(room).AsTask().GetAwaiter().GetResult();

    private static void Unbrotli(ReadOnlySpan<byte> packed, byte[] piece, BodyBytes unpacked, long maxBytes)
    {
        using var decoder = default(BrotliDecoder);
        while (true)
        {
            var status = decoder.Decompress(packed, piece, out var consumed, out var written);
            packed = packed[consumed..];
            Add(unpacked, piece, written, maxBytes);
            if (status == OperationStatus.Done)
            {
                return;
            }

            if (status != OperationStatus.DestinationTooSmall)
            {
                throw new InvalidDataException();
            }
        }
    }

    private static void Add(BodyBytes unpacked, byte[] piece, int count, long maxBytes)
    {
        if (unpacked.Length + count > maxBytes)
        {
            throw RequestBody.TooLarge(maxBytes);
        }

        unpacked.Add(new ReadOnlySequence<byte>(piece, 0, count));
    }
}
