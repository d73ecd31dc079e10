using System.Numerics;

namespace Scoring.Features.Text;

/// <summary>Term hash → id, by open addressing in one array half full at most. Filled once, then read from any thread.</summary>
internal sealed class TermTable
{
    private readonly (ulong Hash, int Id)[] slots;
    private readonly int shift;

    public TermTable(int count)
    {
        var size = BitOperations.RoundUpToPowerOf2((uint)Math.Max(count, 1) * 2);
        slots = new (ulong, int)[size];
        shift = 64 - BitOperations.Log2(size);
    }

    /// <summary>Puts a term in; false where its hash is already there.</summary>
    /// <param name="hash">The term's hash.</param>
    /// <param name="id">Its id, above 0.</param>
    public bool TryAdd(ulong hash, int id)
    {
        var slot = hash >> shift;
        while (slots[slot].Id != 0)
        {
            if (slots[slot].Hash == hash)
            {
                return false;
            }

            slot = (slot + 1) & (ulong)(slots.Length - 1);
        }

        slots[slot] = (hash, id);
        return true;
    }

    /// <summary>The term's id, 0 for one that is not there.</summary>
    public int Find(ulong hash)
    {
        var slot = hash >> shift;
        while (slots[slot].Id != 0)
        {
            if (slots[slot].Hash == hash)
            {
                return slots[slot].Id;
            }

            slot = (slot + 1) & (ulong)(slots.Length - 1);
        }

        return 0;
    }
}
