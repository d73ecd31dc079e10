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

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var status = ErrorStatus.Of(exception.Code);
        ErrorStatus.WriteHeaders(httpContext.Response, exception);

        // A trace id leads from an answer that shows no internals to the log that does.
        var traceId = status >= StatusCodes.Status500InternalServerError ? Activity.Current?.TraceId.ToHexString() ?? httpContext.TraceIdentifier : null;
        return new JsonResult(writer => ProblemDetails.Write(writer, exception, status, traceId), status, ProblemDetails.MediaType).ExecuteAsync(httpContext);
    }
}
