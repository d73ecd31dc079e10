namespace Samples.Training;

/// <summary>Expected calibration error: how far a model's confidence is from how often it is right.</summary>
public static class CalibrationError
{
    public const int BinCount = 15;

    /// <summary>
    /// Over equal-width bins of [0, 1] by confidence (the probability of the predicted class), the mean of |accuracy - mean confidence|,
    /// weighted by the bins' sizes (Guo et al., "On calibration of modern neural networks", 2017).
    /// </summary>
    /// <param name="confidences">One per row, in [0, 1].</param>
    /// <param name="correct">Whether that row's prediction was right.</param>
    /// <param name="binCount">Number of bins.</param>
    public static double Of(ReadOnlySpan<double> confidences, ReadOnlySpan<bool> correct, int binCount = BinCount)
    {
        var confidence = new double[binCount];
        var right = new int[binCount];
        for (var row = 0; row < confidences.Length; row++)
        {
            var bin = Math.Min((int)(confidences[row] * binCount), binCount - 1);
            confidence[bin] += confidences[row];
            right[bin] += correct[row] ? 1 : 0;
        }

        var error = 0.0;
        for (var bin = 0; bin < binCount; bin++)
        {
            error += Math.Abs(right[bin] - confidence[bin]);
        }

        return error / confidences.Length;
    }
}
