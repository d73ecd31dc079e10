namespace Scoring.Serving;

/// <summary>A version was judged and is not served; judging the same content again would give the same answer.</summary>
internal sealed class VersionRefusedException(RefusalKind kind, string reason, Exception? innerException = null)
    : ScoringException(ErrorCode.ModelUnavailable, reason, innerException)
{
    public RefusalKind Kind { get; } = kind;
}
