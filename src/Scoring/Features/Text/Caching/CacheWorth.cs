namespace Scoring.Features.Text.Caching;

/// <summary>
/// Whether asking a cache pays, by what it was measured to cost here: over each window of texts the time that hits saved is set against the time that misses
/// cost. Where it lost, nothing is asked for a while, twice as long each time. Counts of several threads may lose one another now and then, which the
/// measure can bear.
/// </summary>
internal sealed class CacheWorth
{
    /// <summary>Texts after which it is judged.</summary>
    public const int Window = 2048;

    /// <summary>Most texts that go unasked before it is tried again.</summary>
    public const int MaxRest = 1 << 20;

    // Taking the time of each would cost as much as what is measured. One of sixteen, in no rhythm that texts could follow.
    private const int SampleBits = 4;

    private readonly Lock gate = new();
    private readonly RecentCosts hitCost = new();
    private readonly RecentCosts missCost = new();
    private readonly RecentCosts tokenizing = new();
    private int rest = 16 * Window;
    private int resting;
    private int asked;
    private int hits;
    private uint draw = 1;

    /// <summary>Whether the cache is asked now.</summary>
    public bool IsOn => Volatile.Read(ref resting) <= 0;

    /// <summary>Whether to ask for the next text, and whether to time it.</summary>
    public bool Asks(out bool timed)
    {
        timed = false;
        if (!IsOn)
        {
            resting--;
            return false;
        }

        draw = (draw * 1664525) + 1013904223;
        timed = draw >> (32 - SampleBits) == 0;
        return true;
    }

    /// <summary>Counts a text that the cache knew.</summary>
    /// <param name="cost">Ticks of the look-up; negative where it was not timed.</param>
    public void Hit(long cost)
    {
        hits++;
        hitCost.Add(cost);
        Count();
    }

    /// <summary>Counts a text that it did not know.</summary>
    /// <param name="cost">Ticks of the look-up and of keeping the text; negative where it was not timed.</param>
    /// <param name="tokenized">Ticks of tokenizing.</param>
    public void Miss(long cost, long tokenized)
    {
        missCost.Add(cost);
        tokenizing.Add(tokenized);
        Count();
    }

    private void Count()
    {
        if (++asked < Window)
        {
            return;
        }

        lock (gate)
        {
            if (asked < Window)
            {
                return;
            }

            // Where hits are rare their cost is hardly known, but less than that of a miss; where misses are rare there is nothing to judge.
            var saved = hits * (tokenizing.Median - (hitCost.IsKnown ? hitCost.Median : missCost.Median));
            var spent = (asked - hits) * missCost.Median;
            if (missCost.IsKnown && spent > saved)
            {
                Volatile.Write(ref resting, rest);
                rest = Math.Min(rest * 2, MaxRest);
            }
            else
            {
                rest = 16 * Window;
            }

            asked = hits = 0;
        }
    }
}
