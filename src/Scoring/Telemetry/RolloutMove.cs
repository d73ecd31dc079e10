namespace Scoring.Telemetry;

/// <summary>Something that was done to a rollout, as one process saw it.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Action">As the model's history names it.</param>
/// <param name="Version">The candidate, or the candidates.</param>
/// <param name="LiveVersion">The version beside which it is rolled out.</param>
/// <param name="By">Who did it; null where the history knows.</param>
/// <param name="Why">The reason; null where the history knows.</param>
public sealed record RolloutMove(string Model, string Action, string Version, string LiveVersion, string? By = null, string? Why = null);
