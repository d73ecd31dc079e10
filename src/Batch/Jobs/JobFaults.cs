using Azure;

namespace Scoring.Batch.Jobs;

/// <summary>Which failures another try can mend.</summary>
internal static class JobFaults
{
    /// <summary>The input, the message or the model is to blame: every try will end so.</summary>
    public static bool IsPermanent(ErrorCode code) =>
        code is not (ErrorCode.Overloaded or ErrorCode.ModelUnavailable or ErrorCode.DeadlineExceeded or ErrorCode.InferenceFailed);

    /// <summary>The surroundings are to blame, storage first: no error of the job's own.</summary>
    public static bool IsOutage(Exception exception) => exception switch
    {
        ScoringException scoring => scoring.Code is ErrorCode.Overloaded or ErrorCode.ModelUnavailable or ErrorCode.DeadlineExceeded,
        RequestFailedException request => request.Status is 0 or 408 or 429 or >= 500,
        AggregateException { InnerExceptions.Count: > 0 } aggregate => aggregate.InnerExceptions.All(IsOutage),
        _ => exception is IOException or TimeoutException or OperationCanceledException or HttpRequestException,
    };
}
