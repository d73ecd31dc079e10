namespace Scoring.Repository;

/// <summary>
/// What a repository holds is not a package: a file is missing, cut short or altered, or a manifest or pointer is garbage.
/// Trying again helps only once the content changes, unlike an unreachable storage.
/// </summary>
public sealed class PackageFaultException(string message, Exception? innerException = null)
    : ScoringException(ErrorCode.ModelUnavailable, message, innerException);
