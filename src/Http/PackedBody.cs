using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Scoring.Batch.Sources;
using Scoring.Inference.Buffers;
using Scoring.Serving;

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

    /// <summary>Unpacks a body; the caller disposes what comes of it, and the turn to read it where it is large.</summary>
    /// <exception cref="ScoringException">
    /// <see cref="ErrorCode.BodyTooLarge"/> as soon as it exceeds <paramref name="maxBytes"/>, <see cref="ErrorCode.Overloaded"/> as soon as it exceeds what the budget has left,
    /// <see cref="ErrorCode.InvalidJson"/> where it is damaged or cut, <see cref="ErrorCode.DeadlineExceeded"/> where its turn does not come in time.
    /// </exception>
    public static async ValueTask<(TensorMemory Unpacked, LargeWork.Turn? Turn)> UnpackAsync(
        byte[] packed, string coding, long maxBytes, BodyCharge charge, RunDeadline? deadline, CancellationToken cancellationToken)
    {
        using var unpacked = new Unpacking(maxBytes, charge, deadline, cancellationToken);
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            await (coding == Gzip ? GunzipAsync(packed, piece, unpacked) : UnbrotliAsync(packed, piece, unpacked)).ConfigureAwait(false);
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

    private static async Task GunzipAsync(byte[] packed, byte[] piece, Unpacking unpacked)
    {
        using var stream = new GunzipStream(new MemoryStream(packed), "body");
        while (await stream.ReadAsync(piece).ConfigureAwait(false) is > 0 and var read)
        {
            await unpacked.AddAsync(piece, read).ConfigureAwait(false);
        }
    }

    private static async Task UnbrotliAsync(ReadOnlyMemory<byte> packed, byte[] piece, Unpacking unpacked)
    {
        using var decoder = default(BrotliDecoder);
        while (true)
        {
            var status = decoder.Decompress(packed.Span, piece, out var consumed, out var written);
            packed = packed[consumed..];
            await unpacked.AddAsync(piece, written).ConfigureAwait(false);
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

    /// <summary>A body as far as it is unpacked. It is large once it has come so far, however few bytes it was sent as; from there on it takes a turn.</summary>
    private sealed class Unpacking(long maxBytes, BodyCharge charge, RunDeadline? deadline, CancellationToken cancellationToken) : IDisposable
    {
        private readonly BodyBytes bytes = new(told: null, maxBytes, alignedAt: 0, charge);
        private LargeWork.Turn? turn;

        public async ValueTask AddAsync(byte[] piece, int count)
        {
            if (bytes.Length + count > maxBytes)
            {
                throw RequestBody.TooLarge(maxBytes);
            }

            turn ??= await LargeWork.TurnAsync(bytes.Length + count, cancellationToken, deadline).ConfigureAwait(false);
            bytes.Add(new ReadOnlySequence<byte>(piece, 0, count));
        }

        public (TensorMemory Unpacked, LargeWork.Turn? Turn) Take()
        {
            var taken = (bytes.Take(), turn);
            turn = null;
            return taken;
        }

        public void Dispose()
        {
            turn?.Dispose();
            bytes.Dispose();
        }
    }
}
