namespace ModelTool.Training.Searching;

/// <summary>How a fitted model did on the validation texts.</summary>
/// <param name="Quality">Accuracy; where texts have several labels, F1 over all of them.</param>
/// <param name="LogLoss">Mean log loss, as it was fitted, uncalibrated.</param>
internal sealed record TrialFound(double Quality, double LogLoss);
