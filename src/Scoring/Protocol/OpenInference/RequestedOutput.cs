namespace Scoring.Protocol.OpenInference;

/// <summary>A tensor that the caller wants back.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Output">Index of the model's output that it belongs to.</param>
/// <param name="Role">Which part of that output it is.</param>
/// <param name="IsBinary">True when its elements are wanted as bytes after the JSON.</param>
/// <param name="Classes">How many of the greatest elements are wanted, as texts, in place of the tensor; null for the tensor.</param>
internal sealed record RequestedOutput(string Name, int Output, TensorRole Role, bool IsBinary, int? Classes = null);
