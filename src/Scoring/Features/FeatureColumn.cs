using Scoring.Inference.Buffers;

namespace Scoring.Features;

/// <summary>Where a feature's value stands in a row of the model's inputs, and how it is read back as a number. Immutable.</summary>
/// <param name="Name">The feature's name; of an input without features the input's, with the column where it has several.</param>
/// <param name="Kind">How it becomes one number.</param>
/// <param name="Input">Index of the model input.</param>
/// <param name="Column">Index of its first element in a row of that input.</param>
internal sealed record FeatureColumn(string Name, FeatureColumnKind Kind, int Input, int Column)
{
    /// <summary>What the numbers of a category or a boolean stand for; none for others.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>True where the number is a quantity and no index of <see cref="Values"/>.</summary>
    public bool IsNumeric => Kind is FeatureColumnKind.Number or FeatureColumnKind.Length;

    /// <summary>The value of a kept row.</summary>
    public double Read(InputBuffer[] inputs, int row) => inputs[Input] switch
    {
        TensorBuffer tensor when Kind == FeatureColumnKind.Category => tensor.FirstSet(row, Column, Values.Count),
        TensorBuffer tensor => tensor.NumberAt(row, Column),
        TokenBuffer text => text.LengthOf(row),
        _ => double.NaN,
    };
}
