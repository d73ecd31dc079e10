using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Scoring.Http;

/// <summary>Answers with JSON that a delegate writes.</summary>
internal sealed class JsonResult(Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK, string mediaType = "application/json") : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var buffer = ResponseBuffer.Rent();
        try
        {
            write(buffer.Writer);
            buffer.Writer.Flush();
        }
        catch (Exception exception) when (exception is not UnreachableException)
        {
            // Nothing was sent yet: the failure still gets its own answer.
            await Guarded.Answer(exception, httpContext).ExecuteAsync(httpContext).ConfigureAwait(false);
            return;
        }

        await SendAsync(httpContext.Response, status, mediaType, buffer.Written).ConfigureAwait(false);
    }

    /// <summary>Sends a body, a part at a time: a caller that reads slowly holds up one part and no copy of the rest. Its connection is ended where it takes too long (<see cref="ReadingTime"/>).</summary>
    public static async Task SendAsync(HttpResponse response, int status, string mediaType, ReadOnlySequence<byte> body)
    {
        response.StatusCode = status;
        response.ContentType = mediaType;
        response.ContentLength = body.Length;
        using var time = ReadingTime.Of(response.HttpContext, body.Length);
        foreach (var part in body)
        {
            await response.BodyWriter.WriteAsync(part, response.HttpContext.RequestAborted).ConfigureAwait(false);
        }
    }
}
