using System.Globalization;
using Microsoft.AspNetCore.Http;
using Scoring.Inference.Buffers;
using Scoring.Serving;

namespace Scoring.Http;

/// <summary>Bodies with binary tensors, read into memory that native values can point into, aligned where the tensors begin.</summary>
internal static class InferenceBody
{
    /// <summary>Gives the length of the JSON before the tensors.</summary>
    public const string HeaderLength = "Inference-Header-Content-Length";

    /// <summary>The length of the JSON, null for a body that is JSON alone.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidJson"/> when the header is no length.</exception>
    public static int? LengthOfJson(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(HeaderLength, out var values))
        {
            return null;
        }

        return int.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : throw new ScoringException(ErrorCode.InvalidJson, $"found the header {HeaderLength} '{values}'; expected the length of the JSON in bytes");
    }

    /// <summary>Reads the body to its end. The caller disposes it.</summary>
    /// <exception cref="ScoringException">
    /// As <see cref="RequestBody.ReadAsync(HttpRequest, BodyBudget, CancellationToken, RunDeadline?)"/> tells, and <see cref="ErrorCode.InvalidJson"/> where it is shorter than its JSON is said to be.
    /// </exception>
    public static async ValueTask<TensorBody> ReadAsync(HttpRequest request, int headerLength, BodyBudget budget, CancellationToken cancellationToken, RunDeadline? deadline = null)
    {
        if (request.ContentLength > budget.MaxBytes)
        {
            throw RequestBody.TooLarge(budget.MaxBytes);
        }

        var body = PackedBody.Is(request)
            ? await UnpackAsync(request, headerLength, budget, deadline, cancellationToken).ConfigureAwait(false)
            : await ReadAsSentAsync(request, headerLength, budget, cancellationToken).ConfigureAwait(false);
        if (headerLength <= body.Memory.Length)
        {
            return body;
        }

        var found = body.Memory.Length;
        body.Dispose();
        throw new ScoringException(ErrorCode.InvalidJson, $"found a body of {found} bytes; expected at least the {headerLength} that {HeaderLength} says");
    }

    private static async ValueTask<TensorBody> ReadAsSentAsync(HttpRequest request, int headerLength, BodyBudget budget, CancellationToken cancellationToken)
    {
        var first = await RequestBody.ReadAsync(request.BodyReader, cancellationToken).ConfigureAwait(false);
        var charge = new BodyCharge(budget);
        return new TensorBody(await RequestBody.CopyAsync(request, first, headerLength, charge, budget, cancellationToken).ConfigureAwait(false), charge);
    }

    // Its size is known only at the end, and with it where the tensors begin.
    private static async ValueTask<TensorBody> UnpackAsync(HttpRequest request, int headerLength, BodyBudget budget, RunDeadline? deadline, CancellationToken cancellationToken)
    {
        using var whole = await RequestBody.ReadAsync(request, budget, cancellationToken, deadline).ConfigureAwait(false);
        var memory = TensorMemory.Rent(whole.Length, headerLength);
        whole.Span.CopyTo(memory.Span);
        return new TensorBody(memory, whole.Charge?.Share());
    }
}
