using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Scoring.Telemetry;

/// <summary>The top probabilities of one version's predictions, in twentieths, beside the package's baseline.</summary>
public sealed class ConfidenceSeries : MetricSeries
{
    /// <summary>Bins of equal width over 0 to 1; a probability on an edge belongs to the bin below it.</summary>
    public static int BinCount => 20;

    private readonly Histogram<double> instrument;
    private readonly long[] counts = new long[BinCount];
    private double[]? baseline;

    internal ConfidenceSeries(Histogram<double> instrument, params KeyValuePair<string, object?>[] tags)
        : base(instrument.Name, tags) => this.instrument = instrument;

    /// <summary>Upper edges of the bins, ascending: <c>0.05</c> to <c>1</c>.</summary>
    public static ImmutableArray<string> Labels { get; } =
        [.. Arrays.Make(BinCount, bin => ((bin + 1m) / BinCount).ToString("0.##", CultureInfo.InvariantCulture))];

    /// <summary>Shares per bin, summing to 1, that the package recorded when it was made; null when it has none.</summary>
    public IReadOnlyList<double>? Baseline => Volatile.Read(ref baseline);

    /// <summary>The bin of a probability.</summary>
    internal static int BinOf(double probability) => Math.Clamp((int)Math.Ceiling(probability * BinCount) - 1, 0, BinCount - 1);

    internal void Record(double probability)
    {
        Interlocked.Increment(ref counts[BinOf(probability)]);
        if (instrument.Enabled)
        {
            instrument.Record(probability, Tags);
        }
    }

    internal void SetBaseline(ReadOnlySpan<double> shares) => Volatile.Write(ref baseline, shares.ToArray());

    /// <summary>A copy of the counts per bin since the process started.</summary>
    public long[] ToCounts() => [.. counts];

    /// <summary>Total variation distance, 0 to 1, between counts per bin and the baseline; null without either.</summary>
    public double? DriftOf(ReadOnlySpan<long> counts)
    {
        long total = 0;
        foreach (var count in counts)
        {
            total += count;
        }

        if (Baseline is not { } baseline || total == 0)
        {
            return null;
        }

        double distance = 0;
        for (var bin = 0; bin < BinCount; bin++)
        {
            distance += Math.Abs((double)counts[bin] / total - baseline[bin]);
        }

        return distance / 2;
    }
}
