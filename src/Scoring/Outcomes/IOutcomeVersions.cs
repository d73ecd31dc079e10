namespace Scoring.Outcomes;

/// <summary>Finds the versions that receipts name. Thread safe.</summary>
internal interface IOutcomeVersions
{
    /// <summary>The version that a receipt names, by its content: of a folder whose files changed since, the content that is there now.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelNotFound"/>, <see cref="ErrorCode.VersionNotFound"/>, or <see cref="ErrorCode.ModelUnavailable"/> where it cannot be told now.</exception>
    Task<OutcomeVersion> FindAsync(Receipt receipt, CancellationToken cancellationToken);
}
