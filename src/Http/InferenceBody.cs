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

    /// <summary>Reads the body to its end. The caller disposes the memory.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.BodyTooLarge"/>, or <see cref="ErrorCode.InvalidJson"/> where it is shorter than its JSON is said to be.</exception>
    public static async ValueTask<TensorMemory> ReadAsync(HttpRequest request, int headerLength, long maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
        {
            throw RequestBody.TooLarge(maxBytes);
        }

        var body = request.ContentLength is { } length && !PackedBody.Is(request)
            ? await ReadAsync(request, TensorMemory.Rent((int)length, headerLength), cancellationToken).ConfigureAwait(false)
            : await CopyAsync(request, headerLength, maxBytes, cancellationToken).ConfigureAwait(false);
        if (headerLength <= body.Length)
        {
            return body;
        }

        var found = body.Length;
        body.Dispose();
        throw new ScoringException(ErrorCode.InvalidJson, $"found a body of {found} bytes; expected at least the {headerLength} that {HeaderLength} says");
    }

    // Each piece is copied as it comes, so that a large tensor is never held twice.
    private static async ValueTask<TensorMemory> ReadAsync(HttpRequest request, TensorMemory body, CancellationToken cancellationToken)
    {
        try
        {
            var reader = request.BodyReader;
            var filled = 0;
            while (true)
            {
                var result = await RequestBody.ReadAsync(reader, cancellationToken).ConfigureAwait(false);
                result.Buffer.CopyTo(body.Span[filled..]);
                filled += (int)result.Buffer.Length;
                reader.AdvanceTo(result.Buffer.End);
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
    private static async ValueTask<TensorMemory> CopyAsync(HttpRequest request, int headerLength, long maxBytes, CancellationToken cancellationToken)
    {
        using var whole = await RequestBody.ReadAsync(request, maxBytes, cancellationToken).ConfigureAwait(false);
        var body = TensorMemory.Rent(whole.Length, headerLength);
        whole.Span.CopyTo(body.Span);
        return body;
    }
}
