namespace ModelTool.Advising;

/// <summary>One rule and what it found.</summary>
/// <param name="Name">Such as <c>slo</c>.</param>
/// <param name="Stops">True where it says that there is nothing to gain; null where it could not be asked.</param>
/// <param name="Figures">What was measured and reckoned.</param>
internal sealed record Rule(string Name, bool? Stops, string Figures);
