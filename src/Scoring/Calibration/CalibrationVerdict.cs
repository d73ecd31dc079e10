namespace Scoring.Calibration;

/// <summary>What outcomes say of a model's calibration.</summary>
public enum CalibrationVerdict
{
    /// <summary>Too few outcomes to tell.</summary>
    TooFew,

    /// <summary>The error is within the limit, or chance alone may have carried it beyond.</summary>
    WithinLimit,

    /// <summary>The error is over the limit, and more is said than comes true.</summary>
    Overconfident,

    /// <summary>The error is over the limit, and more comes true than is said.</summary>
    Underconfident,
}
