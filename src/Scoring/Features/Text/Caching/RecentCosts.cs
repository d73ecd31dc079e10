namespace Scoring.Features.Text.Caching;

/// <summary>The last few times that something took. Their median is not moved by the one during which the thread had to wait.</summary>
internal sealed class RecentCosts
{
    private readonly long[] samples = new long[31];
    private uint count;

    /// <summary>Whether there is one.</summary>
    public bool IsKnown => count > 0;

    /// <summary>The middle one; 0 where there is none.</summary>
    public double Median
    {
        get
        {
            var known = samples[..(int)Math.Min(count, (uint)samples.Length)];
            Array.Sort(known);
            return known.Length == 0 ? 0 : known[known.Length / 2];
        }
    }

    /// <summary>Takes one; what is negative was not timed.</summary>
    public void Add(long ticks)
    {
        if (ticks >= 0)
        {
            samples[count++ % (uint)samples.Length] = ticks;
        }
    }
}
