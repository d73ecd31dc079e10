using System.Diagnostics.Metrics;

namespace Scoring.Telemetry;

/// <summary>Outcomes of one version's predictions, in twentieths of their top probability: how many, how many of them right, and what they said together.</summary>
public sealed class OutcomeSeries : MetricSeries
{
    // A sum of probabilities, each to a millionth, that threads can add to without a lock.
    private const double Fixed = 1e6;

    private readonly Histogram<double> instrument;
    private readonly KeyValuePair<string, object?>[] rightTags;
    private readonly KeyValuePair<string, object?>[] wrongTags;

    // Of each bin those that were wrong, then of each those that were right.
    private readonly long[] counts = new long[2 * ConfidenceSeries.BinCount];
    private readonly long[] sums = new long[2 * ConfidenceSeries.BinCount];

    internal OutcomeSeries(Histogram<double> instrument, params KeyValuePair<string, object?>[] tags)
        : base(instrument.Name, tags)
    {
        this.instrument = instrument;
        rightTags = [.. tags, new(MetricDimensions.Right, true)];
        wrongTags = [.. tags, new(MetricDimensions.Right, false)];
    }

    internal void Record(double confidence, bool isRight)
    {
        var cell = ConfidenceSeries.BinOf(confidence) + (isRight ? ConfidenceSeries.BinCount : 0);
        Interlocked.Add(ref sums[cell], (long)Math.Round(confidence * Fixed));
        Interlocked.Increment(ref counts[cell]);
        if (instrument.Enabled)
        {
            instrument.Record(confidence, isRight ? rightTags : wrongTags);
        }
    }

    /// <summary>Outcomes, and the sum of their top probabilities, since the process started: by bin, first those that were wrong, then those that were right.</summary>
    internal (long Count, double Confidence)[] ToCells() => Arrays.Make(counts.Length, cell => (Volatile.Read(ref counts[cell]), Volatile.Read(ref sums[cell]) / Fixed));
}
