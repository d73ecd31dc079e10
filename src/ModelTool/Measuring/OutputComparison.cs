namespace ModelTool.Measuring;

/// <summary>One output of two models on the same instances.</summary>
/// <param name="Name">As the model calls it; <c>probabilities</c> of a classification, <c>value</c> of a regression.</param>
/// <param name="Difference">Root of the squared differences of its numbers, over the root of the original's squares; infinite where one answers other than finite numbers.</param>
/// <param name="Rows">Instances compared.</param>
internal sealed record OutputComparison(string Name, double Difference, int Rows);
