using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Scoring.Inference.Buffers;

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
    /// As <see cref="RequestBody.ReadAsync(HttpRequest, BodyBudget, CancellationToken)"/> tells, and <see cref="ErrorCode.InvalidJson"/> where it is shorter than its JSON is said to be.
    /// </exception>
    public static async ValueTask<TensorBody> ReadAsync(HttpRequest request, int headerLength, BodyBudget budget, CancellationToken cancellationToken)
    {
        if (request.ContentLength > budget.MaxBytes)
        {
            throw RequestBody.TooLarge(budget.MaxBytes);
        }

        var body = request.ContentLength is { } length && !PackedBody.Is(request)
            ? await ReadAsync(request, TensorMemory.Rent((int)length, headerLength), budget, cancellationToken).ConfigureAwait(false)
            : await CopyAsync(request, headerLength, budget, cancellationToken).ConfigureAwait(false);
        if (headerLength <= body.Memory.Length)
        {
            return body;
        }

        var found = body.Memory.Length;
        body.Dispose();
        throw new ScoringException(ErrorCode.InvalidJson, $"found a body of {found} bytes; expected at least the {headerLength} that {HeaderLength} says");
    }

    // Each piece is copied as it comes, so that a large tensor is never held twice.
    private static async ValueTask<TensorBody> ReadAsync(HttpRequest request, TensorMemory memory, BodyBudget budget, CancellationToken cancellationToken)
    {
        var body = new TensorBody(memory, new BodyCharge(budget));
        try
        {
            var reader = request.BodyReader;
            var filled = 0;
            while (true)
            {
                var result = await RequestBody.ReadAsync(reader, cancellationToken).ConfigureAwait(false);
                result.Buffer.CopyTo(memory.Span[filled..]);
                filled += (int)result.Buffer.Length;
                reader.AdvanceTo(result.Buffer.End);
                body.Charge!.GrowTo(filled);
                if (result.IsCompleted)
                {
                    return body;
                }
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    // Without a Content-Length, or compressed, the size is known only at the end.
    private static async ValueTask<TensorBody> CopyAsync(HttpRequest request, int headerLength, BodyBudget budget, CancellationToken cancellationToken)
    {
        using var whole = await RequestBody.ReadAsync(request, budget, cancellationToken).ConfigureAwait(false);
        var memory = TensorMemory.Rent(whole.Length, headerLength);
        whole.Span.CopyTo(memory.Span);
        return new TensorBody(memory, whole.Charge?.Share());
    }
}
