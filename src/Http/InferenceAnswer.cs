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
            try
            {
                using var turn = await LargeAnswers.TurnAsync(response.LeastJsonBytes, httpContext.RequestAborted).ConfigureAwait(false);
                response.WriteJson(json.Writer);
            }
            catch (Exception exception) when (exception is not UnreachableException)
            {
                metrics.RequestCompleted(model, version, Guarded.CodeOf(exception, httpContext.RequestAborted).Name(), Stopwatch.GetElapsedTime(arrival), slo, 0, span, httpContext.Request.Headers.TraceParent, watch);
                await InferenceError.Answer(exception, httpContext.Request, Guarded.Log(httpContext)).ExecuteAsync(httpContext).ConfigureAwait(false);
                return;
            }

            if (response.HasBinary)
            {
                await SendBinaryAsync(httpContext.Response, json.Written).ConfigureAwait(false);
            }
            else
            {
                await JsonResult.SendAsync(httpContext.Response, StatusCodes.Status200OK, "application/json", json.Written).ConfigureAwait(false);
            }
        }

        metrics.RequestCompleted(model, version, ScoringMetrics.Ok, Stopwatch.GetElapsedTime(arrival), slo, rows, span, httpContext.Request.Headers.TraceParent, watch);
    }

    private async Task SendBinaryAsync(HttpResponse http, ReadOnlySequence<byte> json)
    {
        http.StatusCode = StatusCodes.Status200OK;
        http.ContentType = "application/octet-stream";
        http.ContentLength = json.Length + response.BinaryBytes;
        http.Headers[InferenceBody.HeaderLength] = json.Length.ToString(CultureInfo.InvariantCulture);
        var aborted = http.HttpContext.RequestAborted;
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
