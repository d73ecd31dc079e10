using Azure;
using Scoring.Repository;

namespace Scoring;

/// <summary>What a log tells of an exception: an outage in one line, anything else with its stack trace.</summary>
public static class Cause
{
    /// <summary>The cause in one line, such as <c>SocketException: Connection refused (127.0.0.1:10000)</c> or <c>RequestFailedException: 503 ServerBusy</c>.</summary>
    public static string Of(Exception exception)
    {
        var cause = exception;
        while (Deeper(cause) is { } inner)
        {
            cause = inner;
        }

        var message = cause is RequestFailedException { Status: > 0 } answer ? $"{answer.Status} {answer.ErrorCode}".TrimEnd() : cause.Message.Split('\n')[0].TrimEnd();
        return $"{cause.GetType().Name}: {message}";
    }

    /// <summary>The exception where its stack trace says something; null for an outage, whose trace is the storage client's.</summary>
    public static Exception? Trace(Exception exception) => RepositoryAccess.IsOutage(exception is ScoringException { InnerException: { } inner } ? inner : exception) ? null : exception;

    private static Exception? Deeper(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions: [.., var last] } => last,
        RequestFailedException { Status: > 0 } => null,
        _ => exception.InnerException,
    };
}
