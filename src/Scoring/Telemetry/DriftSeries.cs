namespace Scoring.Telemetry;

/// <summary>
/// Rows of one version's requests by the bins of its package's baseline, feature by feature, and their confidence. Each writer has counts of its own, so that counting waits for nobody and allocates nothing;
/// they are added up when they are read. Thread safe.
/// </summary>
public sealed class DriftSeries : MetricSeries
{
    private const int MaxMarks = 24;

    private static readonly TimeSpan MarkEvery = TimeSpan.FromHours(1);

    private readonly Lock gate = new();
    private readonly List<long[]> writers = [];
    private readonly Queue<(DateTimeOffset At, long[] Counts)> marks = new();
    private readonly ConfidenceSeries? confidence;
    private readonly long[] settled;
    private DateTimeOffset marked;

    /// <param name="features">Those that are counted.</param>
    /// <param name="confidence">The version's confidence, where it has a baseline.</param>
    /// <param name="content">What tells this baseline from others.</param>
    /// <param name="now">When counting begins.</param>
    /// <param name="tags">The dimensions.</param>
    internal DriftSeries(IReadOnlyList<BinnedFeature> features, ConfidenceSeries? confidence, string content, DateTimeOffset now, params KeyValuePair<string, object?>[] tags)
        : base(MetricNames.Features, tags)
    {
        this.confidence = confidence;
        Features = confidence?.Baseline is { } shares ? [.. features, BinnedFeature.OfConfidence(shares)] : features;
        Content = content;
        settled = new long[features.Sum(feature => feature.Bins.Count)];
        marked = Since = now;
    }

    /// <summary>The features in the order of their bins; the confidence last.</summary>
    public IReadOnlyList<BinnedFeature> Features { get; }

    /// <summary>When counting began.</summary>
    public DateTimeOffset Since { get; }

    internal string Content { get; }

    /// <summary>Counts for one writer at a time, by the bins of the features without the confidence.</summary>
    public long[] Rent()
    {
        var counts = new long[settled.Length];
        lock (gate)
        {
            writers.Add(counts);
        }

        return counts;
    }

    /// <summary>Keeps what a writer that writes no more has counted.</summary>
    public void Return(long[] counts)
    {
        lock (gate)
        {
            writers.Remove(counts);
            Add(counts, settled);
        }
    }

    /// <summary>Rows by bin since counting began.</summary>
    public long[] ToCounts()
    {
        var counts = new long[Features.Sum(feature => feature.Bins.Count)];
        lock (gate)
        {
            Add(settled, counts);
            foreach (var writer in writers)
            {
                Add(writer, counts);
            }
        }

        confidence?.ToCounts().AsSpan(0, counts.Length - settled.Length).CopyTo(counts.AsSpan(settled.Length));
        return counts;
    }

    /// <summary>Rows by bin of the last day, to the hour, and since when they are.</summary>
    public (DateTimeOffset Since, long[] Counts) ToLastDay()
    {
        var counts = ToCounts();
        lock (gate)
        {
            if (marks.Count < MaxMarks)
            {
                return (Since, counts);
            }

            var (since, before) = marks.Peek();
            for (var bin = 0; bin < counts.Length; bin++)
            {
                counts[bin] -= before[bin];
            }

            return (since, counts);
        }
    }

    /// <summary>Remembers how things stood, once an hour; asked more often.</summary>
    internal void Mark(DateTimeOffset now)
    {
        if (now - marked < MarkEvery)
        {
            return;
        }

        marked = now;
        var counts = ToCounts();
        lock (gate)
        {
            marks.Enqueue((now, counts));
            if (marks.Count > MaxMarks)
            {
                marks.Dequeue();
            }
        }
    }

    private static void Add(long[] counts, long[] to)
    {
        for (var bin = 0; bin < counts.Length; bin++)
        {
            to[bin] += Volatile.Read(ref counts[bin]);
        }
    }
}
