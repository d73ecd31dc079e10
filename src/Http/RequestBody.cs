using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Scoring.Http.Identity;
using Scoring.Inference.Buffers;
using Scoring.Serving;

namespace Scoring.Http;

/// <summary>
/// A whole request body as one run of bytes, lent from the pipe or, where it came in pieces, copied. A large one holds a turn of <see cref="LargeWork"/>: dispose it as soon as it has been read,
/// and before anything is waited for.
/// </summary>
internal struct RequestBody : IDisposable
{
    // So many bytes a connection may hold anyway, in the buffers that it reads into.
    private const int FreeBytes = 16 << 10;

    private readonly ReadOnlySequence<byte> sequence;
    private PipeReader? reader;
    private TensorMemory? copy;
    private LargeWork.Turn? turn;

    private RequestBody(PipeReader reader, ReadOnlySequence<byte> sequence)
    {
        this.reader = reader;
        this.sequence = sequence;
        Length = (int)sequence.Length;
        if (!sequence.IsSingleSegment)
        {
            copy = TensorMemory.Rent(Length);
            sequence.CopyTo(copy.Span);
        }
    }

    private RequestBody(TensorMemory copy, BodyCharge charge, LargeWork.Turn? turn)
    {
        this.copy = copy;
        this.turn = turn;
        Charge = charge;
        Length = copy.Length;
    }

    /// <summary>Bytes of the body.</summary>
    public int Length { get; }

    /// <summary>What it holds of the budget until it is disposed; null where it is not counted. Who holds its content longer takes a share.</summary>
    public BodyCharge? Charge { get; private set; }

    /// <summary>The body.</summary>
    public readonly ReadOnlySpan<byte> Span => copy is null ? sequence.FirstSpan : copy.Span;

    /// <summary>Reads the body to its end, and unpacks one that was sent compressed.</summary>
    /// <param name="request">The request.</param>
    /// <param name="budget">What the bodies of all requests may hold.</param>
    /// <param name="cancellationToken">Fires when the caller leaves.</param>
    /// <param name="deadline">Until when a large body waits for its turn; null for as long as the caller does not leave.</param>
    /// <exception cref="ScoringException">
    /// <see cref="ErrorCode.BodyTooLarge"/> as soon as it exceeds <see cref="BodyBudget.MaxBytes"/>, as it was sent or unpacked;
    /// <see cref="ErrorCode.Overloaded"/> as soon as it exceeds what the budget has left; <see cref="ErrorCode.DeadlineExceeded"/> where its turn does not come in time.
    /// </exception>
    public static ValueTask<RequestBody> ReadAsync(HttpRequest request, BodyBudget budget, CancellationToken cancellationToken, RunDeadline? deadline = null) =>
        PackedBody.Is(request) ? UnpackAsync(request, budget, deadline, cancellationToken) : ReadAsSentAsync(request, budget, deadline, cancellationToken);

    private static async ValueTask<RequestBody> UnpackAsync(HttpRequest request, BodyBudget budget, RunDeadline? deadline, CancellationToken cancellationToken)
    {
        MediaTypes.RequireKnownEncoding(request);
        byte[] packed;
        using (var sent = await ReadAsSentAsync(request, budget, deadline, cancellationToken).ConfigureAwait(false))
        {
            packed = sent.Span.ToArray();
        }

        var charge = new BodyCharge(budget);
        try
        {
            var (unpacked, turn) = await PackedBody.UnpackAsync(packed, PackedBody.CodingOf(request)!, budget.MaxBytes, charge, deadline, cancellationToken).ConfigureAwait(false);
            return new RequestBody(unpacked, charge, turn);
        }
        catch
        {
            charge.Dispose();
            throw;
        }
    }

    private static async ValueTask<RequestBody> ReadAsSentAsync(HttpRequest request, BodyBudget budget, RunDeadline? deadline, CancellationToken cancellationToken)
    {
        if (request.ContentLength > budget.MaxBytes)
        {
            throw TooLarge(budget.MaxBytes);
        }

        var reader = request.BodyReader;
        SequencePosition? seen = null;
        while (true)
        {
            var result = await ReadAsync(reader, cancellationToken, seen).ConfigureAwait(false);
            if (result.Buffer.Length > FreeBytes)
            {
                return await CopyAsync(request, result, budget, deadline, cancellationToken).ConfigureAwait(false);
            }

            if (result.IsCompleted)
            {
                CountUntold(request, result.Buffer.Length);
                return new RequestBody(reader, result.Buffer);
            }

            seen = result.Buffer.End;
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static async ValueTask<RequestBody> CopyAsync(HttpRequest request, ReadResult result, BodyBudget budget, RunDeadline? deadline, CancellationToken cancellationToken)
    {
        var charge = new BodyCharge(budget);
        var copy = await CopyAsync(request, result, alignedAt: 0, charge, budget, cancellationToken).ConfigureAwait(false);
        try
        {
            return new RequestBody(copy, charge, await LargeWork.TurnAsync(copy.Length, cancellationToken, deadline).ConfigureAwait(false));
        }
        catch
        {
            copy.Dispose();
            charge.Dispose();
            throw;
        }
    }

    /// <summary>Copies a body to its end, of which a part was read but not taken. The charge is given back where this fails.</summary>
    internal static async ValueTask<TensorMemory> CopyAsync(HttpRequest request, ReadResult result, int alignedAt, BodyCharge charge, BodyBudget budget, CancellationToken cancellationToken)
    {
        var reader = request.BodyReader;
        using var bytes = new BodyBytes(request.ContentLength, budget.MaxBytes, alignedAt, charge);
        using var pace = result.IsCompleted ? null : new BodyPace(cancellationToken);
        try
        {
            while (true)
            {
                try
                {
                    if (bytes.Length + result.Buffer.Length > budget.MaxBytes)
                    {
                        throw TooLarge(budget.MaxBytes);
                    }

                    bytes.Add(result.Buffer);
                    pace?.Came(result.Buffer.Length);
                }
                finally
                {
                    reader.AdvanceTo(result.Buffer.End);
                }

                if (result.IsCompleted)
                {
                    CountUntold(request, bytes.Length);
                    return bytes.Take();
                }

                result = await ReadAsync(reader, pace!.Token).ConfigureAwait(false);
            }
        }
        catch (ScoringException exception) when (pace?.IsOver == true)
        {
            charge.Dispose();
            throw BodyPace.TooSlow(exception);
        }
        catch
        {
            charge.Dispose();
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
    /// <param name="reader">The request's.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <param name="seen">The end of what was read before and left in the reader; null where nothing was.</param>
    /// <exception cref="ScoringException">
    /// <see cref="ErrorCode.ClientClosed"/> when the client leaves, <see cref="ErrorCode.BodyTooSlow"/>, <see cref="ErrorCode.BodyTooLarge"/> or <see cref="ErrorCode.InvalidJson"/> when the server
    /// refuses the body.
    /// </exception>
    public static async ValueTask<ReadResult> ReadAsync(PipeReader reader, CancellationToken cancellationToken, SequencePosition? seen = null)
    {
        try
        {
            // A token ends Kestrel's reader, but not what it reads from: the connection then fails with a stack in the log.
            var reading = reader.ReadAsync(CancellationToken.None);
            using var leaving = reading.IsCompleted ? default : cancellationToken.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), reader);
            var result = await reading.ConfigureAwait(false);

            // The server itself cancels reads as it stops; the body still comes then.
            if (result.IsCanceled && cancellationToken.IsCancellationRequested)
            {
                seen = result.Buffer.End;
                throw new OperationCanceledException(cancellationToken);
            }

            return result;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ArgumentException or OverflowException or InvalidOperationException)
        {
            EndRead(reader, seen);
            await reader.CompleteAsync().ConfigureAwait(false);
            throw exception switch
            {
                BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new ScoringException(ErrorCode.BodyTooLarge, "The body exceeds what the server takes.", exception),
                BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => new ScoringException(ErrorCode.BodyTooSlow, "The body came too slowly: less than the server asks for in a second.", exception),
                BadHttpRequestException { StatusCode: StatusCodes.Status431RequestHeaderFieldsTooLarge } => new ScoringException(ErrorCode.InvalidJson, "The body cannot be read: the trailers behind it are too many or too long.", exception),
                BadHttpRequestException bad when !bad.Message.Contains("Unexpected end", StringComparison.OrdinalIgnoreCase)
                    => new ScoringException(ErrorCode.InvalidJson, $"The body cannot be read: {bad.Message}", exception),

                // The server's reader throws these over a chunk whose size is no size.
                ArgumentException or OverflowException or InvalidOperationException or IOException { InnerException: OverflowException } => new ScoringException(ErrorCode.InvalidJson, "The body cannot be read: its chunks are malformed.", exception),
                _ => new ScoringException(ErrorCode.ClientClosed, "The client left before its body was read.", exception),
            };
        }
    }

    // Where bytes were left in the reader, Kestrel does not end its own read when the next one fails (dotnet/aspnetcore#19476): the connection, kept alive, then fails in its turn.
    private static void EndRead(PipeReader reader, SequencePosition? seen)
    {
        try
        {
            if (seen is { } all)
            {
                reader.AdvanceTo(all);
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // It had ended.
        }
    }

    /// <summary>Gives the turn back, where something is to be waited for before the body can be read to its end: then another turn is needed.</summary>
    public readonly void EndTurn() => turn?.Dispose();

    /// <summary>Gives the bytes and the turn back, once.</summary>
    public void Dispose()
    {
        turn?.Dispose();
        turn = null;
        reader?.AdvanceTo(sequence.End);
        reader = null;
        copy?.Dispose();
        copy = null;
        Charge?.Dispose();
        Charge = null;
    }

    public static ScoringException TooLarge(long maxBytes)
        => new(ErrorCode.BodyTooLarge, $"The body exceeds {maxBytes} bytes (MaxBodyBytes). Send fewer instances, or a job for a large batch; for one large instance raise Scoring__MaxBodyBytes.");
}
