using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Scoring.Protocol;

namespace Scoring.Http;

/// <summary>Answers with problem details.</summary>
public sealed class ProblemResult : IResult
{
    private readonly ScoringException exception;

    private ProblemResult(ScoringException exception) => this.exception = exception;

    internal ScoringException Exception => exception;

    /// <summary>The answer to a failure that the caller is told about.</summary>
    public static ProblemResult From(ScoringException exception) => new(exception);

    /// <summary>What leads from an answer that shows no internals to the log that does.</summary>
    internal static string TraceOf(HttpContext context) => Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;

    /// <summary>The message, with the trace id in it where the log says more: for protocols whose errors have no member for it.</summary>
    internal static string WithTrace(string message, HttpContext context, int status) =>
        status == StatusCodes.Status500InternalServerError ? $"{message} (trace id {TraceOf(context)})" : message;

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var status = ErrorStatus.Of(exception.Code);
        ErrorStatus.WriteHeaders(httpContext.Response, exception);

        var traceId = status >= StatusCodes.Status500InternalServerError ? TraceOf(httpContext) : null;
        return new JsonResult(writer => ProblemDetails.Write(writer, exception, status, traceId), status, ProblemDetails.MediaType).ExecuteAsync(httpContext);
    }
}
