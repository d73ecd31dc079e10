namespace Scoring.Repository;

/// <summary>A move of a live pointer.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="From">The version that was live; null when none was.</param>
/// <param name="To">The version that is live now.</param>
public sealed record LiveChange(string Model, string? From, string To);
