namespace Scoring.Repository;

/// <summary>A write lost against another writer: the version exists with other content, or the live pointer moved meanwhile.</summary>
public sealed class RepositoryConflictException(string message, Exception? innerException = null)
    : Exception(message, innerException);
