using System.Runtime.CompilerServices;

namespace Scoring.Telemetry;

/// <summary>
/// Turns the series of <see cref="ScoringMetrics"/> into points, one per series that moved since the last call and one per bucket that did:
/// as many for ten thousand requests as for ten. One per process, since it takes the series' extremes; not thread safe.
/// </summary>
public sealed class MetricAggregator(ScoringMetrics metrics)
{
    // A version with a baseline has hundreds of bins; drift is a matter of hours.
    private static readonly TimeSpan FeaturesEvery = TimeSpan.FromMinutes(15);

    private readonly ConditionalWeakTable<MetricSeries, object> seen = [];

    /// <summary>What happened since the last call, or since the process started.</summary>
    /// <param name="isLast">True where no other call follows: what is sent less often is sent too.</param>
    public IReadOnlyList<MetricPoint> Collect(bool isLast = false)
    {
        var points = new List<MetricPoint>();
        foreach (var series in metrics.AllSeries)
        {
            switch (series)
            {
                case CounterSeries counter:
                    Collect(counter, points);
                    break;
                case DurationSeries durations:
                    Collect(durations, points);
                    break;
                case ConfidenceSeries confidence:
                    Collect(confidence, points);
                    break;
                case OutcomeSeries outcomes:
                    Collect(outcomes, points);
                    break;
                case DriftSeries drift:
                    Collect(drift, points, isLast);
                    break;
            }
        }

        foreach (var (model, version) in metrics.LiveVersions)
        {
            KeyValuePair<string, string>[] dimensions = [new(MetricDimensions.Model, model), new(MetricDimensions.Version, version)];
            points.Add(MetricPoint.Gauge(MetricNames.ModelLive, 1, dimensions));
            if (metrics.AllModels.FirstOrDefault(series => series.Is(model, version))?.CalibrationLimit is { } limit)
            {
                points.Add(MetricPoint.Gauge(MetricNames.CalibrationLimit, limit, dimensions));
            }
        }

        foreach (var ((model, version), share) in metrics.RolloutShares)
        {
            points.Add(MetricPoint.Gauge(MetricNames.RolloutShare, share, new(MetricDimensions.Model, model), new(MetricDimensions.Version, version)));
        }

        points.Add(MetricPoint.Gauge(MetricNames.RunsQueued, metrics.RunsQueued));
        points.Add(MetricPoint.Gauge(MetricNames.RunsStuck, metrics.RunsStuck));
        points.Add(MetricPoint.Gauge(MetricNames.Memory, Environment.WorkingSet));
        return points;
    }

    private void Collect(CounterSeries counter, List<MetricPoint> points)
    {
        var total = counter.Total;
        var increase = total - (Exchange<object>(counter, total) as long? ?? 0L);
        if (increase > 0)
        {
            points.Add(MetricPoint.Counter(counter.Name, increase, Dimensions(counter)));
        }
    }

    private void Collect(DurationSeries series, List<MetricPoint> points)
    {
        // What lies up to the edge is counted last, and so read first: it never exceeds its bucket.
        var upToEdge = series.UpToEdge;
        var now = new DurationDistribution();
        series.AddTo(now);
        var before = Exchange(series, new DurationsSeen(now, upToEdge));
        var interval = before is null ? now : now.Since(before.Durations);
        if (interval.Count == 0)
        {
            return;
        }

        // A value's minimum and maximum may have been taken with the interval before the one in which the value is counted. The mean then stands in for both.
        var (min, max) = series.TakeExtremes() ?? (interval.Mean, interval.Mean);
        var dimensions = Dimensions(series);
        points.Add(new MetricPoint(series.Name, interval.Count, interval.Sum.TotalSeconds, min.TotalSeconds, max.TotalSeconds, dimensions));
        for (var bucket = 0; bucket < DurationBuckets.BucketCount; bucket++)
        {
            var count = interval.CountIn(bucket);
            if (series.Edge is { } edge && DurationBuckets.BucketOf(edge.Ticks) == bucket)
            {
                var within = Math.Min(upToEdge - (before?.UpToEdge ?? 0), count);
                AddBucket(DurationBuckets.Label(edge), within);
                count -= within;
            }

            AddBucket(DurationBuckets.Labels[bucket], count);
        }

        void AddBucket(string upperBound, long count)
        {
            if (count > 0)
            {
                points.Add(MetricPoint.Counter(series.Name + MetricNames.BucketSuffix, count, [.. dimensions, new(MetricDimensions.UpperBound, upperBound)]));
            }
        }
    }

    private void Collect(ConfidenceSeries series, List<MetricPoint> points)
    {
        var interval = series.ToCounts();
        if (Exchange(series, (long[])[.. interval]) is { } before)
        {
            for (var bin = 0; bin < interval.Length; bin++)
            {
                interval[bin] -= before[bin];
            }
        }

        if (Array.TrueForAll(interval, count => count == 0))
        {
            return;
        }

        var dimensions = Dimensions(series);
        for (var bin = 0; bin < interval.Length; bin++)
        {
            KeyValuePair<string, string>[] binned = [.. dimensions, new(MetricDimensions.Bin, ConfidenceSeries.Labels[bin])];
            if (interval[bin] > 0)
            {
                points.Add(MetricPoint.Counter(MetricNames.Confidence, interval[bin], binned));
            }

            if (series.Baseline is { } baseline && baseline[bin] > 0)
            {
                points.Add(MetricPoint.Gauge(MetricNames.ConfidenceBaseline, baseline[bin], binned));
            }
        }

        if (series.DriftOf(interval) is { } drift)
        {
            points.Add(MetricPoint.Gauge(MetricNames.ConfidenceDrift, drift, [.. dimensions]));
        }
    }

    private void Collect(OutcomeSeries series, List<MetricPoint> points)
    {
        var cells = series.ToCells();
        var before = Exchange(series, cells);
        var dimensions = Dimensions(series);
        for (var cell = 0; cell < cells.Length; cell++)
        {
            var count = cells[cell].Count - (before?[cell].Count ?? 0);
            if (count > 0)
            {
                var isRight = cell >= ConfidenceSeries.BinCount;
                var said = cells[cell].Confidence - (before?[cell].Confidence ?? 0);
                points.Add(new MetricPoint(series.Name, count, said, said / count, said / count,
                    [.. dimensions, new(MetricDimensions.Bin, ConfidenceSeries.Labels[cell % ConfidenceSeries.BinCount]), new(MetricDimensions.Right, MetricSeries.Text(isRight))]));
            }
        }
    }

    private void Collect(DriftSeries series, List<MetricPoint> points, bool isLast)
    {
        var now = metrics.Now;
        var before = seen.TryGetValue(series, out var known) ? (FeaturesSeen)known : new FeaturesSeen(null, series.Since);
        if (!isLast && now - before.At < FeaturesEvery)
        {
            return;
        }

        var (counts, first) = (series.ToCounts(), 0);
        var dimensions = Dimensions(series);
        foreach (var feature in series.Features)
        {
            var increases = Arrays.Make(feature.Bins.Count, bin => counts[first + bin] - (before.Counts?[first + bin] ?? 0));
            first += feature.Bins.Count;
            if (Array.TrueForAll(increases, increase => increase == 0))
            {
                continue;
            }

            for (var bin = 0; bin < increases.Length; bin++)
            {
                if (increases[bin] > 0 || feature.Shares[bin] > 0)
                {
                    KeyValuePair<string, string>[] binned = [.. dimensions, new(MetricDimensions.Feature, feature.Name), new(MetricDimensions.Bin, feature.Bins[bin])];
                    points.Add(MetricPoint.Gauge(MetricNames.FeaturesBaseline, feature.Expected(bin), binned));
                    if (increases[bin] > 0)
                    {
                        points.Add(MetricPoint.Counter(series.Name, increases[bin], binned));
                    }
                }
            }
        }

        seen.AddOrUpdate(series, new FeaturesSeen(counts, now));
    }

    private TState? Exchange<TState>(MetricSeries series, TState state)
        where TState : class
    {
        var before = this.seen.TryGetValue(series, out var seen) ? (TState)seen : null;
        this.seen.AddOrUpdate(series, state);
        return before;
    }

    private sealed record FeaturesSeen(long[]? Counts, DateTimeOffset At);

    private sealed record DurationsSeen(DurationDistribution Durations, long UpToEdge);

    private static KeyValuePair<string, string>[] Dimensions(MetricSeries series) =>
        [.. series.Dimensions.Select(tag => new KeyValuePair<string, string>(tag.Key, MetricSeries.Text(tag.Value)))];
}
