namespace Scoring.Serving;

/// <summary>
/// The free slots that anybody may take without asking further, in one word. While callers wait the word is closed: slots are then given out under the gate's lock alone.
/// Keep it in a field that is not read-only; thread safe.
/// </summary>
internal struct SlotState(int slots)
{
    private const int Closed = -1;

    private int word = slots;

    /// <summary>Takes a slot; false where none is free or the word is closed.</summary>
    public bool TryTake()
    {
        var seen = Volatile.Read(ref word);
        while (seen > 0)
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

    /// <summary>Takes a slot where all of so many are free, so that no run goes on.</summary>
    public bool TryTakeOf(int all) => Interlocked.CompareExchange(ref word, all - 1, all) == all;

    /// <summary>Gives a slot back; false where the word is closed, and whoever waits is to have it.</summary>
    public bool TryGiveBack()
    {
        var seen = Volatile.Read(ref word);
        while (seen >= 0)
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

    /// <summary>Closes the word and takes out what was free. Under the gate's lock.</summary>
    public int Close() => Math.Max(0, Interlocked.Exchange(ref word, Closed));

    /// <summary>Opens the word with so many free slots. Under the gate's lock, after <see cref="Close"/>.</summary>
    public void Open(int free) => Volatile.Write(ref word, free);
}
