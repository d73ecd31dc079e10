namespace ModelTool.Calibrating;

/// <summary>Probabilities that a model gave and what happened.</summary>
/// <param name="Probabilities">One row per instance, in the order of the labels.</param>
/// <param name="Labels">Index of what happened, per row.</param>
internal sealed record ScoredRows(float[][] Probabilities, int[] Labels)
{
    public int Count => Labels.Length;

    /// <summary>Count of labels.</summary>
    public int Width => Probabilities[0].Length;

    /// <summary>Some of the rows.</summary>
    public ScoredRows Take(IReadOnlyList<int> rows) => new([.. rows.Select(row => Probabilities[row])], [.. rows.Select(row => Labels[row])]);
}
