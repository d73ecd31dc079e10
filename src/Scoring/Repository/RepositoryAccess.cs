using Azure;
using Azure.Identity;

namespace Scoring.Repository;

/// <summary>Turns the failures of a storage into the one that callers are told about, without naming hosts or keys.</summary>
internal static class RepositoryAccess
{
    /// <summary>After which time a storage that is away is worth another try.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>True for failures that say nothing about a package: the storage is away, slow or refuses.</summary>
    public static bool IsOutage(Exception exception) =>
        exception is RequestFailedException or AuthenticationFailedException or AggregateException or IOException
            or UnauthorizedAccessException or HttpRequestException or TimeoutException or OperationCanceledException;

    public static async Task<T> ReachAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception e) when (IsOutage(e) && !cancellationToken.IsCancellationRequested)
        {
            throw Unavailable(e);
        }
    }

    public static ScoringException Unavailable(Exception exception) =>
        new(ErrorCode.ModelUnavailable, $"The model repository cannot be used: {Reason(exception)}.", exception) { RetryAfter = RetryAfter };

    /// <summary>Why a storage cannot be used.</summary>
    public static string Reason(Exception exception) => exception switch
    {
        RequestFailedException { Status: 401 or 403 } e => $"access refused ({e.ErrorCode ?? $"status {e.Status}"})",
        RequestFailedException { Status: > 0 } e => $"the storage answered {e.Status} {e.ErrorCode}".TrimEnd(),
        AuthenticationFailedException => "the identity could not sign in",
        UnauthorizedAccessException => "access to the folder is refused",
        AggregateException { InnerExceptions: [.., var last] } => Reason(last),
        RequestFailedException { InnerException: { } inner } => Reason(inner),
        OperationCanceledException or TimeoutException => "the storage did not answer in time",
        HttpRequestException or System.Net.Sockets.SocketException or RequestFailedException => "the storage cannot be reached",
        _ => exception.GetType().Name,
    };
}
