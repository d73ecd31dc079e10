namespace Scoring;

/// <summary>The root of every failure that a caller is told about. Its message is safe to show: found, expected, where; of a server's own folders no path.</summary>
public class ScoringException(ErrorCode code, string message, Exception? innerException = null)
    : Exception(code is ErrorCode.ModelUnavailable or ErrorCode.InferenceFailed ? ServerPaths.Strip(message) : message, innerException)
{
    /// <summary>The stable reason.</summary>
    public ErrorCode Code { get; } = code;

    /// <summary>Each fault of a bad input; empty for other failures.</summary>
    public IReadOnlyList<InputFault> Faults { get; init; } = [];

    /// <summary>How long a caller should wait before the next try; null where waiting does not help.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
