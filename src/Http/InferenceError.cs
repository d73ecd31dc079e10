using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Scoring.Http;

/// <summary>Failures as the Open Inference Protocol writes them: a status and <c>{"error":"…"}</c>.</summary>
internal sealed class InferenceError : IResult
{
    private readonly ScoringException exception;

    private InferenceError(ScoringException exception) => this.exception = exception;

    /// <summary>The answer to what an endpoint threw; statuses and what is shown are those of every other route.</summary>
    public static IResult Answer(Exception exception, HttpRequest request, ILogger logger)
    {
        var answer = Guarded.Answer(exception, request, logger);
        return answer is ProblemResult problem ? new InferenceError(problem.Exception) : answer;
    }

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        ErrorStatus.WriteHeaders(httpContext.Response, exception);
        var status = ErrorStatus.Of(exception.Code);
        var message = ProblemResult.WithTrace(Message, httpContext, status);
        return new JsonResult(
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("error", message);
                writer.WriteEndObject();
            },
            status).ExecuteAsync(httpContext);
    }

    // The protocol has one text for all that is wrong.
    private string Message => exception.Faults.Count == 0
        ? exception.Message
        : string.Join("; ", exception.Faults.Select(fault => fault.Pointer.Length == 0 ? fault.Detail : $"{fault.Pointer}: {fault.Detail}"));
}
