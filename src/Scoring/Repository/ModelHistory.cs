namespace Scoring.Repository;

/// <summary>Writes into the histories of models what one person does.</summary>
/// <param name="repository">Where models are.</param>
/// <param name="by">Who does it.</param>
/// <param name="why">The reason; null where none was given.</param>
/// <param name="time">The clock.</param>
internal sealed class ModelHistory(IPackageRepository repository, string by, string? why, TimeProvider time)
{
    /// <summary>Who does it where nobody says: the user and the machine.</summary>
    public static string Somebody => $"{Environment.UserName}@{Environment.MachineName}";

    /// <summary>Tells that something was done. After it, so that nothing is told that did not happen. What cannot be told did happen all the same.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="action">As <see cref="HistoryEntry"/> names it.</param>
    /// <param name="version">The version it was done to.</param>
    /// <param name="from">The version that was live before.</param>
    /// <param name="signedBy">The id of the key that signed.</param>
    /// <param name="what">What there is to say of it where no reason was given.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ScoringException">The storage cannot be reached; the message says that it was done.</exception>
    public async Task RecordAsync(string model, string action, string version, string? from, string? signedBy, string? what, CancellationToken cancellationToken)
    {
        try
        {
            await repository.AppendHistoryAsync(model, new HistoryEntry(time.GetUtcNow(), action, version, from == version ? null : from, by, why ?? what, signedBy), cancellationToken).ConfigureAwait(false);
        }
        catch (ScoringException exception)
        {
            throw new ScoringException(exception.Code, $"Done: {model} version {version}, {action.Replace('_', ' ')}. But its history could not be written, so nobody will read there that it was. {exception.Message}", exception);
        }
    }
}
