namespace Scoring.Configuration;

/// <summary>How probabilities are mapped to observed frequencies.</summary>
public enum CalibrationMethod
{
    /// <summary>Logits divided by one temperature (Guo et al. 2017, "On Calibration of Modern Neural Networks").</summary>
    Temperature,

    /// <summary>Logits scaled and shifted per label (the same paper's vector scaling).</summary>
    Vector,

    /// <summary>A logistic function of the score's logit (Platt 1999); two labels, or each label of a multilabel model by itself.</summary>
    Platt,

    /// <summary>A non-decreasing piecewise linear map (Zadrozny and Elkan 2002).</summary>
    Isotonic,
}

/// <summary>A fitted calibration as <c>model.json</c> states it.</summary>
public sealed record CalibrationConfig
{
    /// <summary>The method.</summary>
    public required CalibrationMethod Method { get; init; }

    /// <summary>Temperature: above 1 softens, below 1 sharpens.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Factors of the logits: one per label (vector), or one (Platt).</summary>
    public IReadOnlyList<double> Scales { get; init; } = [];

    /// <summary>Offsets of the logits: one per label (vector), or one (Platt).</summary>
    public IReadOnlyList<double> Offsets { get; init; } = [];

    /// <summary>Isotonic: scores in increasing order. Temperature and vector: the same of the greatest probability alone, where it is mapped once more.</summary>
    public IReadOnlyList<double> Scores { get; init; } = [];

    /// <summary>Isotonic: the frequency at each score, non-decreasing.</summary>
    public IReadOnlyList<double> Frequencies { get; init; } = [];

    /// <summary>True where the greatest probability is mapped once more, after a temperature or a vector.</summary>
    public bool MapsTop => Method is CalibrationMethod.Temperature or CalibrationMethod.Vector && Scores.Count > 0;
}
