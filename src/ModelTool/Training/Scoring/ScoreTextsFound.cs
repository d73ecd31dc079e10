namespace ModelTool.Training.Scoring;

/// <summary>What texts took.</summary>
/// <param name="P50Microseconds">Of each package: median from a text to its probabilities.</param>
internal sealed record ScoreTextsFound(double[] P50Microseconds);
