namespace Scoring.Telemetry;

/// <summary>A <see cref="DurationDistribution"/> to be kept: the few slices that hold something, where a distribution has all of them in 4 kB. Immutable.</summary>
public sealed class PackedDurations
{
    private readonly (short Slice, long Count)[] slices;

    private PackedDurations((short Slice, long Count)[] slices, TimeSpan sum) => (this.slices, Sum) = (slices, sum);

    /// <summary>Of all durations together.</summary>
    public TimeSpan Sum { get; }

    /// <summary>Packs a distribution.</summary>
    public static PackedDurations Of(DurationDistribution distribution) =>
        new([.. distribution.Slices.Select(slice => ((short)slice.Slice, slice.Count))], distribution.Sum);

    /// <summary>Adds what was packed to a distribution.</summary>
    public void AddTo(DurationDistribution distribution)
    {
        foreach (var (slice, count) in slices)
        {
            distribution.Add(slice, count);
        }

        distribution.AddSum(Sum);
    }
}
