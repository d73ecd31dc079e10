namespace Scoring.Calibration;

/// <summary>A prediction beside what came true, as far as its calibration goes.</summary>
/// <param name="Confidence">Its greatest probability, 0 to 1.</param>
/// <param name="IsRight">Whether the label of that probability came true.</param>
/// <param name="LogLoss">Negative natural logarithm of the probability that was given to what came true.</param>
/// <param name="SquaredDistance">Squared distance of the probabilities from what came true, summed over the labels.</param>
/// <param name="Weight">How many predictions it stands for, above 0: 1 over the probability with which its outcome was looked for.</param>
public readonly record struct JudgedPrediction(float Confidence, bool IsRight, float LogLoss, float SquaredDistance, float Weight = 1);
