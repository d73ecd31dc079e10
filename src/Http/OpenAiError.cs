using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Scoring.Http;

/// <summary>Failures as OpenAI's clients read them: a status and <c>{"error":{"message":…,"type":…,"param":…,"code":…}}</c>.</summary>
internal sealed class OpenAiError : IResult
{
    private readonly ScoringException exception;

    private OpenAiError(ScoringException exception) => this.exception = exception;

    /// <summary>The answer to what an endpoint threw; statuses, codes and what is shown are those of every other route.</summary>
    public static IResult Answer(Exception exception, HttpRequest request, ILogger logger)
    {
        var answer = Guarded.Answer(exception, request, logger);
        return answer is ProblemResult problem ? new OpenAiError(problem.Exception) : answer;
    }

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        ErrorStatus.WriteHeaders(httpContext.Response, exception);

        var status = ErrorStatus.Of(exception.Code);
        var message = ProblemResult.WithTrace(Inputs(exception.Message), httpContext, status);
        return new JsonResult(
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartObject("error");
                writer.WriteString("message", message);
                writer.WriteString("type", TypeOf(status));
                writer.WriteString("param", Param);
                writer.WriteString("code", exception.Code.Name());
                writer.WriteEndObject();
                writer.WriteEndObject();
            },
            status).ExecuteAsync(httpContext);
    }

    // The part of the request that is at fault; null where it is not one part.
    private string? Param => exception.Code is ErrorCode.ModelNotFound or ErrorCode.VersionNotFound
        ? "model"
        : exception.Faults.Count > 0 && Inputs(exception.Faults[0].Pointer).Split('/') is [_, { Length: > 0 } part, ..] ? part : null;

    // What every other route calls an instance is here an input.
    private static string Inputs(string text) => text.Replace("/instances", "/input", StringComparison.Ordinal);

    private static string TypeOf(int status) => status switch
    {
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        >= StatusCodes.Status500InternalServerError => "server_error",
        _ => "invalid_request_error",
    };
}
