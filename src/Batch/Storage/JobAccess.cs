using Scoring.Repository;

namespace Scoring.Batch.Storage;

/// <summary>Turns the failures of the storage of jobs into the one that callers are told about, without naming hosts or keys.</summary>
internal static class JobAccess
{
    /// <summary>Runs what needs the storage.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: it is away, slow or refuses.</exception>
    public static async Task<T> ReachAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception exception) when (RepositoryAccess.IsOutage(exception) && !cancellationToken.IsCancellationRequested)
        {
            throw new ScoringException(ErrorCode.ModelUnavailable, $"The storage of jobs cannot be used: {RepositoryAccess.Reason(exception)}.", exception) { RetryAfter = RepositoryAccess.RetryAfter };
        }
    }

    /// <summary>Makes a client.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: the setting <see cref="StorageConnection.Name"/> is missing or wrong.</exception>
    public static T Make<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (InvalidOperationException exception)
        {
            throw new ScoringException(ErrorCode.ModelUnavailable, $"Jobs need a storage. {exception.Message}", exception);
        }
        catch (FormatException exception)
        {
            throw new ScoringException(ErrorCode.ModelUnavailable, $"Jobs need a storage, and the setting {StorageConnection.Name} is not written as one is.", exception);
        }
    }
}
