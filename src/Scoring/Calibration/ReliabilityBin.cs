namespace Scoring.Calibration;

/// <summary>A bin of the reliability diagram: predictions of like confidence.</summary>
/// <param name="Count">Predictions in it.</param>
/// <param name="Confidence">Mean greatest probability, by weight.</param>
/// <param name="Frequency">Share whose label came true, by weight.</param>
/// <param name="FrequencyLow">Lower end of that share's 95 % interval (Wilson 1927, over as many predictions as the weights leave).</param>
/// <param name="FrequencyHigh">Upper end.</param>
public sealed record ReliabilityBin(int Count, double Confidence, double Frequency, double FrequencyLow, double FrequencyHigh)
{
    internal static ReliabilityBin Of(int count, double confidence, double frequency, double effectiveCount)
    {
        var (share, low, high) = Estimate.OfShare(frequency, effectiveCount);
        return new ReliabilityBin(count, confidence, share, low, high);
    }
}
