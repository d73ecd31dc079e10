using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace Scoring.Telemetry;

/// <summary>
/// The fixed buckets of every duration: upper bounds of 1, 1.5, 2, 3, 5 and 7.5 times each power of ten from 1 µs to 7,500 s,
/// and one without bound. Each is split into <see cref="Slices"/> equal slices, so that a percentile read from them is off by at most
/// 8.4 % of itself (1/8 of the widest bucket, 3 to 5) above 1 µs.
/// </summary>
public static class DurationBuckets
{
    /// <summary>Slices per bucket; the last bucket, which has no upper bound, uses one.</summary>
    internal const int Slices = 8;

    private const int Decades = 10;
    private static readonly long[] Bounds = CreateBounds();
    private static readonly double[] Scales = CreateScales();
    private static readonly byte[] FirstByLog2 = CreateFirstByLog2();

    /// <summary>Values of the dimension <c>le</c>, ascending: seconds as plain decimals, then <c>+Inf</c>.</summary>
    public static ImmutableArray<string> Labels { get; } =
    [
        .. Arrays.Make(Bounds.Length, bucket => Label(TimeSpan.FromTicks(Bounds[bucket]))),
        "+Inf",
    ];

    /// <summary>Upper bounds in seconds, ascending, without the last bucket's.</summary>
    public static ImmutableArray<double> UpperBounds { get; } = [.. Arrays.Make(Bounds.Length, bucket => (double)Bounds[bucket] / TimeSpan.TicksPerSecond)];

    internal static int BucketCount => Bounds.Length + 1;

    internal static int SliceCount => BucketCount * Slices;

    /// <summary>The value of <c>le</c> for an upper bound.</summary>
    internal static string Label(TimeSpan bound) => ((decimal)bound.Ticks / TimeSpan.TicksPerSecond).ToString("0.#######", CultureInfo.InvariantCulture);

    /// <summary>The index in <see cref="Labels"/> of the bucket of a duration in ticks.</summary>
    internal static int BucketOf(long ticks) => SliceOf(ticks) / Slices;

    /// <summary>Whether a positive duration in ticks lies between two bounds, on neither.</summary>
    internal static bool IsWithinBucket(long ticks) => ticks > 0 && (BucketOf(ticks) is var bucket && (bucket == Bounds.Length || Bounds[bucket] != ticks));

    /// <summary>The slice of a duration in ticks of 100 ns; negative ones count as 0. A duration on a bound belongs to the bucket that the bound ends.</summary>
    internal static int SliceOf(long ticks)
    {
        ticks = Math.Max(ticks, 1);
        var bucket = (int)FirstByLog2[BitOperations.Log2((ulong)ticks)];
        while (bucket < Bounds.Length && ticks > Bounds[bucket])
        {
            bucket++;
        }

        if (bucket == Bounds.Length)
        {
            return bucket * Slices;
        }

        return bucket * Slices + (int)((ticks - Lower(bucket) - 1) * Scales[bucket]);
    }

    /// <summary>Lower and upper end of a slice in ticks; the last bucket's upper end is <see cref="long.MaxValue"/>.</summary>
    internal static (double From, double To) RangeOf(int slice)
    {
        var bucket = slice / Slices;
        if (bucket == Bounds.Length)
        {
            return (Bounds[^1], long.MaxValue);
        }

        var width = (double)(Bounds[bucket] - Lower(bucket)) / Slices;
        var from = Lower(bucket) + slice % Slices * width;
        return (from, from + width);
    }

    private static long Lower(int bucket) => bucket == 0 ? 0 : Bounds[bucket - 1];

    private static long[] CreateBounds()
    {
        ReadOnlySpan<long> steps = [10, 15, 20, 30, 50, 75];
        var bounds = new List<long>();
        for (long decade = 0, unit = 1; decade < Decades; decade++, unit *= 10)
        {
            foreach (var step in steps)
            {
                bounds.Add(step * unit);
            }
        }

        return [.. bounds];
    }

    private static double[] CreateScales() =>
        Arrays.Make(Bounds.Length, bucket => (double)Slices / (Bounds[bucket] - Lower(bucket)));

    private static byte[] CreateFirstByLog2() =>
        Arrays.Make(64, log => (byte)Array.FindAll(Bounds, bound => bound < (log == 63 ? long.MaxValue : 1L << log)).Length);
}
