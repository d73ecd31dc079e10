using ModelTool.Calibrating;

namespace ModelTool.Measuring;

/// <summary>Scored rows.</summary>
/// <param name="LabelColumn">Where the labels were found.</param>
/// <param name="Refused">Rows that the model refuses or whose label is none; left out.</param>
/// <param name="FirstRefused">Why the first of them; null without any.</param>
internal sealed record PredictFound(IReadOnlyList<float[]> Probabilities, IReadOnlyList<int> Labels, string LabelColumn, int Refused, string? FirstRefused)
{
    /// <summary>The same as rows to calibrate.</summary>
    public ScoredRows ToRows() => new([.. Probabilities], [.. Labels]);
}
