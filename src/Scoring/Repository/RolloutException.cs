namespace Scoring.Repository;

/// <summary>What was asked of a rollout cannot be done; the message says why and what can.</summary>
public sealed class RolloutException(string message) : InvalidOperationException(message);
