namespace Scoring.Serving;

/// <summary>
/// Free slots and callers in line, counted in one word: the lower half counts free slots, the upper half callers. One interlocked exchange changes both, and holds that a slot
/// is free only while nobody is in line. Keep it in a field that is not read-only; thread safe.
/// </summary>
internal struct SlotState(int slots)
{
    private const long OneCaller = 1L << 32;

    private long word = slots;

    /// <summary>Callers in line.</summary>
    public int Callers => (int)(Volatile.Read(ref word) / OneCaller);

    /// <summary>Takes a slot; false where none is free.</summary>
    public bool TryTake()
    {
        var seen = Volatile.Read(ref word);
        while ((int)seen > 0)
        {
            var before = Interlocked.CompareExchange(ref word, seen - 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>Gives a slot back; false where a caller is in line, who is to have it.</summary>
    public bool TryGiveBack()
    {
        var seen = Volatile.Read(ref word);
        while (seen < OneCaller)
        {
            var before = Interlocked.CompareExchange(ref word, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>Counts a caller in; false where a slot is free or another thread was faster.</summary>
    public bool TryAddCaller()
    {
        var seen = Volatile.Read(ref word);
        return (int)seen == 0 && Interlocked.CompareExchange(ref word, seen + OneCaller, seen) == seen;
    }

    /// <summary>A caller left the line.</summary>
    public void RemoveCaller() => Interlocked.Add(ref word, -OneCaller);

    /// <summary>Gives a slot back whose next caller left meanwhile. The caller of this holds the lock under which callers are counted, and saw the line empty.</summary>
    public void GiveBack() => Interlocked.Increment(ref word);
}
