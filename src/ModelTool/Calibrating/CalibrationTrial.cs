using Scoring.Calibration;
using Scoring.Configuration;

namespace ModelTool.Calibrating;

/// <summary>A way to calibrate and how it did on rows that it was not fitted to.</summary>
/// <param name="Method">Null: the probabilities as they are.</param>
/// <param name="LogLoss">Cross-validated.</param>
/// <param name="Gain">How much lower than without, per row.</param>
/// <param name="GainError">Standard error of that.</param>
/// <param name="Held">Cross-validated probabilities.</param>
internal sealed record CalibrationTrial(CalibrationMethod? Method, double LogLoss, double Gain, double GainError, [property: System.Text.Json.Serialization.JsonIgnore] ScoredRows Held)
{
    /// <summary>Whether the greatest probability was mapped once more.</summary>
    public bool MapsTop { get; init; }
}
