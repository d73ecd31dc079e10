using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Scoring.Http.Identity;

namespace Scoring.Http;

/// <summary>A whole request body as one run of bytes, lent from the pipe or, where it came in pieces, from a pool. Dispose it when it has been read.</summary>
internal struct RequestBody : IDisposable
{
    private readonly PipeReader? reader;
    // So many bytes a connection may hold anyway, in the buffers that it reads into.
    private const int FreeBytes = 16 << 10;

    private readonly ReadOnlySequence<byte> sequence;
    private byte[]? rented;

    private RequestBody(PipeReader reader, ReadOnlySequence<byte> sequence, BodyCharge? charge)
    {
        this.reader = reader;
        Charge = charge;
        this.sequence = sequence;
        Length = (int)sequence.Length;
        if (!sequence.IsSingleSegment)
        {
            rented = ArrayPool<byte>.Shared.Rent(Length);
            sequence.CopyTo(rented);
        }
    }

    private RequestBody(byte[] unpacked, int length, BodyCharge charge)
    {
        rented = unpacked;
        Charge = charge;
        Length = length;
    }

    /// <summary>Bytes of the body.</summary>
    public int Length { get; }

    /// <summary>What it holds of the budget until it is disposed; null where it is not counted. Who holds its content longer takes a share.</summary>
    public BodyCharge? Charge { get; }

    /// <summary>The body.</summary>
    public readonly ReadOnlySpan<byte> Span => rented is null ? sequence.FirstSpan : rented.AsSpan(0, Length);

    /// <summary>Reads the body to its end, and unpacks one that was sent compressed.</summary>
    /// <exception cref="ScoringException">
    /// <see cref="ErrorCode.BodyTooLarge"/> as soon as it exceeds <see cref="BodyBudget.MaxBytes"/>, as it was sent or unpacked;
    /// <see cref="ErrorCode.Overloaded"/> as soon as it exceeds what the budget has left.
    /// </exception>
    public static ValueTask<RequestBody> ReadAsync(HttpRequest request, BodyBudget budget, CancellationToken cancellationToken) =>
        PackedBody.Is(request) ? UnpackAsync(request, budget, cancellationToken) : ReadAsSentAsync(request, budget, cancellationToken);

    private static async ValueTask<RequestBody> UnpackAsync(HttpRequest request, BodyBudget budget, CancellationToken cancellationToken)
    {
        MediaTypes.RequireKnownEncoding(request);
        using var packed = await ReadAsSentAsync(request, budget, cancellationToken).ConfigureAwait(false);
        var charge = new BodyCharge(budget);
        try
        {
            var (unpacked, length) = PackedBody.Unpack(packed.Span.ToArray(), request.Headers.ContentEncoding.ToString(), budget.MaxBytes, charge);
            return new RequestBody(unpacked, length, charge);
        }
        catch
        {
            charge.Dispose();
            throw;
        }
    }

    private static async ValueTask<RequestBody> ReadAsSentAsync(HttpRequest request, BodyBudget budget, CancellationToken cancellationToken)
    {
        if (request.ContentLength > budget.MaxBytes)
        {
            throw TooLarge(budget.MaxBytes);
        }

        var reader = request.BodyReader;
        BodyCharge? charge = null;
        try
        {
            while (true)
            {
                var result = await ReadAsync(reader, cancellationToken).ConfigureAwait(false);
                var length = result.Buffer.Length;
                try
                {
                    if (length > budget.MaxBytes)
                    {
                        throw TooLarge(budget.MaxBytes);
                    }

                    if (length > FreeBytes)
                    {
                        charge ??= new BodyCharge(budget);
                        charge.GrowTo(length);
                    }
                }
                catch (ScoringException)
                {
                    reader.AdvanceTo(result.Buffer.End);
                    throw;
                }

                if (result.IsCompleted)
                {
                    CountUntold(request, length);
                    return new RequestBody(reader, result.Buffer, charge);
                }

                reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        }
        catch
        {
            charge?.Dispose();
            throw;
        }
    }

    // Where the length was told, the caller's quota was asked before the body was read.
    private static void CountUntold(HttpRequest request, long length)
    {
        if (request.ContentLength is null)
        {
            Caller.Of(request.HttpContext)?.Send(length);
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
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ArgumentException or OverflowException or InvalidOperationException)
        {
            await reader.CompleteAsync().ConfigureAwait(false);
            throw exception switch
            {
                BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new ScoringException(ErrorCode.BodyTooLarge, "The body exceeds what the server takes.", exception),
                BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } bad when !bad.Message.Contains("Unexpected end", StringComparison.OrdinalIgnoreCase)
                    => new ScoringException(ErrorCode.InvalidJson, $"The body cannot be read: {bad.Message}", exception),
                BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => new ScoringException(ErrorCode.ClientClosed, "The body came too slowly.", exception),

                // The server's reader throws these over a chunk whose size is no size.
                ArgumentException or OverflowException or InvalidOperationException or IOException { InnerException: OverflowException } => new ScoringException(ErrorCode.InvalidJson, "The body cannot be read: its chunks are malformed.", exception),
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

        Charge?.Dispose();
    }

    public static ScoringException TooLarge(long maxBytes)
        => new(ErrorCode.BodyTooLarge, $"The body exceeds {maxBytes} bytes (MaxBodyBytes). Send fewer instances, or a job for a large batch; for one large instance raise Scoring__MaxBodyBytes.");
}
