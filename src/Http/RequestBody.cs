using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Scoring.Http;

/// <summary>A whole request body as one run of bytes, lent from the pipe or, where it came in pieces, from a pool. Dispose it when it has been read.</summary>
internal struct RequestBody : IDisposable
{
    private readonly PipeReader? reader;
    private readonly ReadOnlySequence<byte> sequence;
    private byte[]? rented;

    private RequestBody(PipeReader reader, ReadOnlySequence<byte> sequence)
    {
        this.reader = reader;
        this.sequence = sequence;
        Length = (int)sequence.Length;
        if (!sequence.IsSingleSegment)
        {
            rented = ArrayPool<byte>.Shared.Rent(Length);
            sequence.CopyTo(rented);
        }
    }

    private RequestBody(byte[] unpacked, int length)
    {
        rented = unpacked;
        Length = length;
    }

    /// <summary>Bytes of the body.</summary>
    public int Length { get; }

    /// <summary>The body.</summary>
    public readonly ReadOnlySpan<byte> Span => rented is null ? sequence.FirstSpan : rented.AsSpan(0, Length);

    /// <summary>Reads the body to its end, and unpacks one that was sent compressed.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.BodyTooLarge"/> as soon as it exceeds <paramref name="maxBytes"/>, as it was sent or unpacked.</exception>
    public static ValueTask<RequestBody> ReadAsync(HttpRequest request, long maxBytes, CancellationToken cancellationToken) =>
        PackedBody.Is(request) ? UnpackAsync(request, maxBytes, cancellationToken) : ReadAsSentAsync(request, maxBytes, cancellationToken);

    private static async ValueTask<RequestBody> UnpackAsync(HttpRequest request, long maxBytes, CancellationToken cancellationToken)
    {
        MediaTypes.RequireKnownEncoding(request);
        using var packed = await ReadAsSentAsync(request, maxBytes, cancellationToken).ConfigureAwait(false);
        var (unpacked, length) = PackedBody.Unpack(packed.Span.ToArray(), request.Headers.ContentEncoding.ToString(), maxBytes);
        return new RequestBody(unpacked, length);
    }

    private static async ValueTask<RequestBody> ReadAsSentAsync(HttpRequest request, long maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
        {
            throw TooLarge(maxBytes);
        }

        var reader = request.BodyReader;
        while (true)
        {
            var result = await ReadAsync(reader, cancellationToken).ConfigureAwait(false);
            if (result.Buffer.Length > maxBytes)
            {
                reader.AdvanceTo(result.Buffer.End);
                throw TooLarge(maxBytes);
            }

            if (result.IsCompleted)
            {
                return new RequestBody(reader, result.Buffer);
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>Reads more of the body. After a failed read the reader is completed, so that the server does not go on reading.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ClientClosed"/> when the client leaves, <see cref="ErrorCode.BodyTooLarge"/> or <see cref="ErrorCode.InvalidJson"/> when the server refuses the body.</exception>
    public static async ValueTask<ReadResult> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            await reader.CompleteAsync().ConfigureAwait(false);
            throw exception switch
            {
                BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new ScoringException(ErrorCode.BodyTooLarge, "The body exceeds what the server takes.", exception),
                BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } bad when !bad.Message.Contains("Unexpected end", StringComparison.OrdinalIgnoreCase)
                    => new ScoringException(ErrorCode.InvalidJson, $"The body cannot be read: {bad.Message}", exception),
                _ => new ScoringException(ErrorCode.ClientClosed, "The client left before its body was read.", exception),
            };
        }
    }

    /// <summary>Gives the bytes back.</summary>
    public void Dispose()
    {
        reader?.AdvanceTo(sequence.End);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
            rented = null;
        }
    }

    public static ScoringException TooLarge(long maxBytes)
        => new(ErrorCode.BodyTooLarge, $"The body exceeds {maxBytes} bytes. Send fewer instances, or a job for a large batch.");
}
