namespace Scoring.Inference;

/// <summary>The process that a model runs in died during this run. No other model and no later run is concerned.</summary>
internal sealed class ModelProcessException(string message) : ScoringException(ErrorCode.InferenceFailed, message);
