using System.Text.Json;

namespace Scoring.Serving.Probing;

/// <summary>An instance with the prediction that a package promises for it.</summary>
/// <param name="Name">Named in a refusal.</param>
/// <param name="Instance">As in a request's <c>instances</c>.</param>
/// <param name="Prediction">Every value of it must be found in the actual prediction.</param>
/// <param name="Tolerance">Largest absolute difference of two numbers.</param>
public sealed record GoldenCase(string Name, JsonElement Instance, JsonElement Prediction, double Tolerance);
