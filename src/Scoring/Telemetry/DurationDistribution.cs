namespace Scoring.Telemetry;

/// <summary>A copy of one or more duration series, to be read at leisure. Not thread safe.</summary>
public sealed class DurationDistribution
{
    private readonly long[] slices = new long[DurationBuckets.SliceCount];
    private long sumTicks;

    public long Count { get; private set; }

    public TimeSpan Sum => TimeSpan.FromTicks(sumTicks);

    public TimeSpan Mean => Count == 0 ? TimeSpan.Zero : Sum / Count;

    internal void Add(ReadOnlySpan<long> slices, long sumTicks)
    {
        for (var slice = 0; slice < slices.Length; slice++)
        {
            this.slices[slice] += slices[slice];
            Count += slices[slice];
        }

        this.sumTicks += sumTicks;
    }

    internal void Add(DurationDistribution other) => Add(other.slices, other.sumTicks);

    /// <summary>Durations in a slice of <see cref="DurationBuckets"/>, where there is one.</summary>
    internal IEnumerable<(int Slice, long Count)> Slices => slices.Index().Where(slice => slice.Item > 0);

    /// <summary>Records a duration.</summary>
    internal void Record(TimeSpan duration)
    {
        var ticks = Math.Max(duration.Ticks, 0);
        slices[DurationBuckets.SliceOf(ticks)]++;
        Count++;
        sumTicks += ticks;
    }

    /// <summary>Adds to a slice; what they add up to is not known then, nor is the mean.</summary>
    internal void Add(int slice, long count)
    {
        slices[slice] += count;
        Count += count;
    }

    /// <summary>Adds to what the recorded durations add up to.</summary>
    internal void AddSum(TimeSpan sum) => sumTicks += sum.Ticks;

    /// <summary>Forgets everything.</summary>
    internal void Clear()
    {
        Array.Clear(slices);
        (Count, sumTicks) = (0, 0);
    }

    /// <summary>The ends of the slice that holds the duration of a rank, counted from 1 for the shortest.</summary>
    internal (TimeSpan From, TimeSpan To) RangeOfRank(long rank)
    {
        var (slice, below) = (0, slices[0]);
        while (below < rank && slice < slices.Length - 1)
        {
            below += slices[++slice];
        }

        var (from, to) = DurationBuckets.RangeOf(slice);
        return (TimeSpan.FromTicks((long)from), to < long.MaxValue ? TimeSpan.FromTicks((long)Math.Ceiling(to)) : TimeSpan.MaxValue);
    }

    /// <summary>What this distribution has over an earlier copy of the same series; nothing less than nothing, where a series was let go in between.</summary>
    internal DurationDistribution Since(DurationDistribution earlier)
    {
        var difference = new DurationDistribution { sumTicks = Math.Max(sumTicks - earlier.sumTicks, 0) };
        for (var slice = 0; slice < slices.Length; slice++)
        {
            difference.slices[slice] = Math.Max(slices[slice] - earlier.slices[slice], 0);
            difference.Count += difference.slices[slice];
        }

        return difference;
    }

    /// <summary>Durations in a bucket of <see cref="DurationBuckets.Labels"/>.</summary>
    public long CountIn(int bucket) => Total(slices.AsSpan(bucket * DurationBuckets.Slices, DurationBuckets.Slices));

    /// <summary>
    /// The duration that <paramref name="share"/> (0 to 1) of the recorded ones do not exceed, linear within a slice; zero when nothing was recorded, and the last
    /// bound (7,500 s) for what lies beyond it.
    /// </summary>
    public TimeSpan Percentile(double share)
    {
        var rank = share * Count;
        long below = 0;
        for (var slice = 0; slice < slices.Length; slice++)
        {
            var count = slices[slice];
            if (count > 0 && below + count >= rank)
            {
                var (from, to) = DurationBuckets.RangeOf(slice);
                var ticks = to > from && to < long.MaxValue ? from + (to - from) * Math.Max(rank - below, 0) / count : from;
                return TimeSpan.FromTicks((long)Math.Round(ticks));
            }

            below += count;
        }

        return TimeSpan.Zero;
    }

    private static long Total(ReadOnlySpan<long> slices)
    {
        long total = 0;
        foreach (var count in slices)
        {
            total += count;
        }

        return total;
    }
}
