namespace Scoring.Calibration;

/// <summary>How far the values of a regression were off.</summary>
/// <param name="Count">Predictions judged.</param>
/// <param name="Weight">Sum of their weights.</param>
/// <param name="MeanError">Mean of predicted less true: above 0 the model says too much.</param>
/// <param name="MeanAbsoluteError">Mean distance.</param>
/// <param name="RootMeanSquaredError">Root of the mean squared distance.</param>
public sealed record RegressionFigures(int Count, double Weight, double MeanError, double MeanAbsoluteError, double RootMeanSquaredError);
