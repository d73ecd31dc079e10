using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Scoring.Protocol.OpenInference;
using Scoring.Telemetry;

namespace Scoring.Http;

/// <summary>The answer to an inference request: JSON, then the tensors that were wanted as bytes, from native memory. It can be executed once.</summary>
internal sealed class InferenceAnswer(
    InferResponse response, ScoringMetrics metrics, string model, string version, TimeSpan slo, long arrival, int rows, Activity? span, long maxBytes, IRequestWatch? watch = null) : IResult
{
    private const int BytesPerFlush = 1 << 20;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using (response)
        {
            using var json = ResponseBuffer.Rent(maxBytes);
            var isBinary = response.HasBinary;
            var binaryBytes = 0L;
            try
            {
                using var turn = await LargeWork.TurnAsync(response.LeastJsonBytes, httpContext.RequestAborted).ConfigureAwait(false);
                response.WriteJson(json.Writer);
                if (isBinary)
                {
                    var bytes = response.BinaryBytes;
                    AnswerBudget.Shared.Take(bytes, ownBytes: 0);
                    binaryBytes = bytes;
                }
                else
                {
                    // All of it is written, and its caller may take a minute to read it.
                    response.Dispose();
                }
            }
            catch (Exception exception) when (exception is not UnreachableException)
            {
                metrics.RequestCompleted(model, version, Guarded.CodeOf(exception, httpContext.RequestAborted).Name(), Stopwatch.GetElapsedTime(arrival), slo, 0, span, httpContext.Request.Headers.TraceParent, watch);
                await InferenceError.Answer(exception, httpContext.Request, Guarded.Log(httpContext)).ExecuteAsync(httpContext).ConfigureAwait(false);
                return;
            }

            try
            {
                await (isBinary
                    ? SendBinaryAsync(httpContext.Response, json.Written, binaryBytes)
                    : JsonResult.SendAsync(httpContext.Response, StatusCodes.Status200OK, "application/json", json.Written)).ConfigureAwait(false);
            }
            finally
            {
                AnswerBudget.Shared.GiveBack(binaryBytes);
            }
        }

        metrics.RequestCompleted(model, version, ScoringMetrics.Ok, Stopwatch.GetElapsedTime(arrival), slo, rows, span, httpContext.Request.Headers.TraceParent, watch);
    }

    private async Task SendBinaryAsync(HttpResponse http, ReadOnlySequence<byte> json, long binaryBytes)
    {
        http.StatusCode = StatusCodes.Status200OK;
        http.ContentType = "application/octet-stream";
        http.ContentLength = json.Length + binaryBytes;
        http.Headers[InferenceBody.HeaderLength] = json.Length.ToString(CultureInfo.InvariantCulture);
        var aborted = http.HttpContext.RequestAborted;
        using var time = ReadingTime.Of(http.HttpContext, json.Length + binaryBytes);
        foreach (var part in json)
        {
            await http.BodyWriter.WriteAsync(part, aborted).ConfigureAwait(false);
        }

        while (response.TryWriteBinary(http.BodyWriter))
        {
            if (http.BodyWriter.UnflushedBytes >= BytesPerFlush)
            {
                await http.BodyWriter.FlushAsync(aborted).ConfigureAwait(false);
            }
        }

        await http.BodyWriter.FlushAsync(aborted).ConfigureAwait(false);
    }
}
