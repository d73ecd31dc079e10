using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Scoring.Http;

/// <summary>Turns what an endpoint throws into its answer.</summary>
internal static class Guarded
{
    // A flood of one fault is counted, per log.
    private static readonly ConditionalWeakTable<ILogger, FaultLog> Faults = [];

    /// <summary>What a request that ended with an exception counts as.</summary>
    public static ErrorCode CodeOf(Exception exception, CancellationToken caller) =>
        caller.IsCancellationRequested ? ErrorCode.ClientClosed : exception switch
        {
            ScoringException known => known.Code,
            OutOfMemoryException => ErrorCode.Overloaded,
            _ => ErrorCode.InferenceFailed,
        };

    /// <summary>The answer to an exception: a problem for a known failure, no body for a client that left, a 500 without details for a bug.</summary>
    public static IResult Answer(Exception exception, HttpRequest request, ILogger logger)
    {
        switch (exception)
        {
            case ScoringException known:
                if (known.InnerException is { } cause && ErrorStatus.Of(known.Code) >= StatusCodes.Status500InternalServerError)
                {
                    FaultsOf(logger).Failed(request, known.Code.Name(), cause);
                }

                return ProblemResult.From(known);
            case OperationCanceledException when request.HttpContext.RequestAborted.IsCancellationRequested:
                return Results.StatusCode(StatusCodes.Status499ClientClosedRequest);
            case BadHttpRequestException bad:
                return ProblemResult.From(new ScoringException(
                    bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? ErrorCode.BodyTooLarge : ErrorCode.InvalidJson, $"The request cannot be read: {bad.Message}"));
            case IOException when request.HttpContext.RequestAborted.IsCancellationRequested:
                return Results.StatusCode(StatusCodes.Status499ClientClosedRequest);
            case OutOfMemoryException:
                FaultsOf(logger).Unexpected(request, exception);
                return ProblemResult.From(new ScoringException(ErrorCode.Overloaded, "The server has too little memory for this request now.") { RetryAfter = TimeSpan.FromSeconds(1) });
            default:
                FaultsOf(logger).Unexpected(request, exception);
                return ProblemResult.From(new ScoringException(ErrorCode.InferenceFailed, "An unexpected failure; the trace id leads to its log."));
        }
    }

    /// <summary>The answer to an exception that was thrown while an answer was written, before any of it was sent.</summary>
    public static IResult Answer(Exception exception, HttpContext context) => Answer(exception, context.Request, Log(context));

    /// <summary>The log of what is thrown outside an endpoint.</summary>
    public static ILogger Log(HttpContext context) => context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Scoring.Http");

    /// <summary>Runs an endpoint's work and answers what it throws.</summary>
    public static async Task<IResult> RunAsync(HttpRequest request, ILogger logger, Func<Task<IResult>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not UnreachableException)
        {
            return Answer(exception, request, logger);
        }
    }

    /// <summary>The same for work that waits for nothing.</summary>
    public static IResult Run(HttpRequest request, Func<IResult> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (exception is not UnreachableException)
        {
            return Answer(exception, request.HttpContext);
        }
    }

    private static FaultLog FaultsOf(ILogger logger) => Faults.GetValue(logger, static logger => new FaultLog(logger, TimeProvider.System));
}
