using ModelTool.Calibrating;
using ModelTool.Measuring;

namespace ModelTool.Quantizing;

/// <summary>What quantization did, or why it was not begun.</summary>
/// <param name="Verdict"><c>declined</c> before anything ran, <c>rejected</c> after it was measured, or <c>accepted</c>.</param>
/// <param name="Sentence">The verdict for people.</param>
/// <param name="Bytes">The original's model file.</param>
/// <param name="QuantizedBytes">The rewritten one's.</param>
/// <param name="Work">What was measured before; null when forced.</param>
/// <param name="Compared">Null where it was declined.</param>
/// <param name="Limits">What was asked of it.</param>
internal sealed record QuantizationReport(
    string Verdict, string Sentence, long Bytes, long QuantizedBytes, QuantizationPlan Plan, WorkFound? Work, CompareFound? Compared, IReadOnlyList<Limit> Limits)
{
    // Less than half of a run is arithmetic, and INT8 saves about half of that: not a quarter.
    private const double MostDispatch = 0.5;

    /// <summary>Why it is not worth beginning; null where it is.</summary>
    public static string? ReasonToDecline(QuantizationPlan plan, QuantizationOptions options, long bytes, long quantizedBytes, WorkFound work)
    {
        var size = quantizedBytes >= bytes
            ? Verbs.Figures.Text($"the file would grow from {bytes:#,0} to {quantizedBytes:#,0} bytes, since scales and operators outweigh the weights they shrink")
            : null;
        var time = options.WeightOnly ? null
            : work.DispatchShare > MostDispatch
                ? Verbs.Figures.Text($"{work.DispatchShare:0 %} of the {Verbs.Figures.Duration(work.Run.P50Microseconds)} of a run is dispatch, which INT8 does not touch")
            : plan.AddedOperators > 0 && work.MoreMicroseconds >= work.ArithmeticMicroseconds
                ? Verbs.Figures.Text($"the {plan.AddedOperators} operators more would cost {Verbs.Figures.Duration(work.MoreMicroseconds)}, all the arithmetic takes {Verbs.Figures.Duration(work.ArithmeticMicroseconds)}")
            : null;
        return size is null ? time : time is null ? size : $"{size}; {time}";
    }

    /// <summary>The limits with what was found.</summary>
    /// <param name="labelled">Quality of the original and of the quantized on labelled rows; null without.</param>
    public static IReadOnlyList<Limit> Judge(QuantizationOptions options, QuantizationBounds bounds, double bytesRatio, CompareFound compared, (CalibrationQuality Original, CalibrationQuality Quantized)? labelled)
    {
        var limits = new List<Limit>
        {
            Limit.AtMost("bytes, of the original's", bytesRatio, bounds.Bytes),
            Limit.AtMost("median latency, of the original's", compared.LatencyRatio, options.WeightOnly ? bounds.WeightOnlyLatency : bounds.Latency),
            Limit.AtLeast("same label", compared.Agreement, bounds.Agreement),
            Limit.AtMost("answers' difference, root mean square", compared.Difference, bounds.Difference),
        };
        if (labelled is var (original, quantized))
        {
            limits.Add(Limit.AtMost("accuracy lost", original.Accuracy - quantized.Accuracy, bounds.AccuracyLost));
            limits.Add(Limit.AtMost("ECE risen", quantized.Ece - original.Ece, bounds.EceRisen));
        }

        return limits;
    }
}
