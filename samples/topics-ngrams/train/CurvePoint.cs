namespace Samples.TopicsNgrams;

/// <summary>One model along a curve.</summary>
/// <param name="Set">Name of its <see cref="TermSet"/>.</param>
/// <param name="Terms">Terms in its vocabulary.</param>
/// <param name="ValidationAccuracy">Share of the validation texts that it puts right: what the choice goes by.</param>
/// <param name="Accuracy">Share of the held-out texts.</param>
/// <param name="Bytes">model.onnx and vocabulary.txt.</param>
/// <param name="TokensPerText">Tokens of a held-out text, on average.</param>
public sealed record CurvePoint(string Set, int Terms, double ValidationAccuracy, double Accuracy, long Bytes, double TokensPerText);
