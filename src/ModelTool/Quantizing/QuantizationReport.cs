using ModelTool.Calibrating;
using ModelTool.Measuring;

namespace ModelTool.Quantizing;

/// <summary>What quantization did, or why it was not begun.</summary>
/// <param name="Verdict"><c>declined</c> before anything ran, <c>rejected</c> after it was measured, or <c>accepted</c>.</param>
/// <param name="Sentence">The verdict for people.</param>
/// <param name="Bytes">The original's model file, and the files of its weights.</param>
/// <param name="Work">What was measured before.</param>
/// <param name="Attempts">What was measured after, one for each kind that was tried; empty where it was declined.</param>
internal sealed record QuantizationReport(string Verdict, string Sentence, long Bytes, WorkFound Work, IReadOnlyList<QuantizationAttempt> Attempts)
{
    /// <summary>What was kept; null where nothing was.</summary>
    public QuantizationMode? Chosen { get; init; }

    /// <summary>Kinds that were not worth beginning.</summary>
    public IReadOnlyList<DeclinedKind> Declined { get; init; } = [];

    // Less than half of a run is arithmetic, and INT8 saves about half of that: not a quarter.
    private const double MaxDispatch = 0.5;

    /// <summary>Why it is not worth beginning; null where it is.</summary>
    public static string? ReasonToDecline(QuantizationPlan plan, QuantizationMode mode, long bytes, long quantizedBytes, WorkFound work)
    {
        var size = quantizedBytes >= bytes
            ? Verbs.Figures.Text($"the file would grow from {bytes:#,0} to {quantizedBytes:#,0} bytes, since scales and operators outweigh the weights they shrink")
            : null;
        var time = mode.IsForSize() ? null
            : work.DispatchShare > MaxDispatch
                ? Verbs.Figures.Text($"{work.DispatchShare:0 %} of the {Verbs.Figures.Duration(work.Run.P50Microseconds)} of a run is dispatch, which INT8 does not touch")
            : mode == QuantizationMode.Dynamic && plan.AddedOperators > 0 && work.MoreMicroseconds >= work.ArithmeticMicroseconds
                ? Verbs.Figures.Text($"the {plan.AddedOperators} operators more would cost {Verbs.Figures.Duration(work.MoreMicroseconds)}, all the arithmetic takes {Verbs.Figures.Duration(work.ArithmeticMicroseconds)}")
            : null;
        return size is null ? time : time is null ? size : $"{size}; {time}";
    }

    /// <summary>The limits with what was found.</summary>
    /// <param name="slo">What the package promises: weights alone are shrunk for size, so time only has to stay inside it.</param>
    /// <param name="labelled">Quality of the original and of the quantized on labelled rows; null without.</param>
    public static IReadOnlyList<Limit> Judge(
        QuantizationMode mode, QuantizationBounds bounds, double bytesRatio, CompareFound compared, TimeSpan slo, (CalibrationQuality Original, CalibrationQuality Quantized)? labelled)
    {
        var limits = new List<Limit>
        {
            Limit.AtMost("bytes, of the original's", bytesRatio, bounds.Bytes),
            mode.IsForSize() && compared.Original.P50Microseconds <= slo.TotalMicroseconds
                ? Limit.AtMost("median latency, of the SLO", compared.Changed.P50Microseconds / slo.TotalMicroseconds, 1)
                : Limit.AtMost("median latency, of the original's", compared.LatencyRatio, mode.IsForSize() ? bounds.WeightOnlyLatency : bounds.Latency),
        };
        limits.AddRange(AnswerLimits.Of(compared, bounds));
        limits.AddRange(LabelledLimits.Of(labelled, bounds));
        return limits;
    }
}
