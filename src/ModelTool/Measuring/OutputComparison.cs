namespace ModelTool.Measuring;

/// <summary>One output of two models on the same instances.</summary>
/// <param name="Name">As the model calls it; <c>probabilities</c> of a classification, <c>value</c> of a regression.</param>
/// <param name="Difference">Root of the squared differences of its numbers, over the root of the original's squares; infinite where one answers other than finite numbers.</param>
/// <param name="Rows">Instances compared.</param>
internal sealed record OutputComparison(string Name, double Difference, int Rows)
{
    /// <summary>Where the output is a few numbers by themselves: the root of the mean squared error of the worst of them, over the standard deviation that the original's shows over the rows. Null where it shows none.</summary>
    public double? ErrorOfSpread { get; init; }

    /// <summary>Where the output is a vector or vectors: their cosines and neighbours.</summary>
    public VectorComparison? Vectors { get; init; }
}
