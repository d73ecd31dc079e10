namespace Scoring.Inference;

/// <summary>The process that a model runs in died during this run. No other model and no later run is concerned.</summary>
internal sealed class ModelProcessException(string message, bool wasAlone) : ScoringException(ErrorCode.InferenceFailed, message)
{
    /// <summary>True where nothing else ran in the process, so that this run is what killed it.</summary>
    public bool WasAlone { get; } = wasAlone;
}
