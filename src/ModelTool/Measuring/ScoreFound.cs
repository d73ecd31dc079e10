namespace ModelTool.Measuring;

/// <summary>The answer to a request.</summary>
/// <param name="Answer">JSON, as the endpoint writes it.</param>
internal sealed record ScoreFound(string Answer, double Milliseconds);
