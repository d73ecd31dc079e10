namespace Scoring.Serving.Probing;

/// <summary>A package could not be probed, which says nothing about it: the executable is missing, or there is no memory for a second process.</summary>
internal sealed class ProbeUnavailableException(string message, bool isMissing, Exception? innerException = null)
    : ScoringException(ErrorCode.ModelUnavailable, message, innerException)
{
    /// <summary>True when the probe will not be there later either.</summary>
    public bool IsMissing { get; } = isMissing;
}
