using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Scoring.Features.Text.Caching;

/// <summary>
/// Texts and their ids in a ring of bytes: the newest overwrites the oldest, so that nothing is ever allocated or freed. An index in sets of four slots says
/// where they lie; a slot whose place was overwritten counts as empty. Thread safe.
/// </summary>
/// <param name="bytes">Size of the ring.</param>
internal sealed class TokenShard(int bytes)
{
    private const int Header = 32;
    private const int Ways = 4;

    // About as many slots as entries of a few words.
    private const int BytesPerSlot = 256;

    private readonly Lock gate = new();
    private readonly byte[] ring = new byte[bytes];
    private readonly Slot[] slots = new Slot[Math.Max(1, bytes / BytesPerSlot / Ways) * Ways];

    // Bytes ever written; places before the last ring's worth are gone.
    private long head;

    /// <summary>The longest entry that is kept, so that one text never drives out most others.</summary>
    private int Longest => ring.Length / 8;

    /// <summary>Copies the ids kept for a text.</summary>
    /// <returns>Count of ids; negative where there are none.</returns>
    public int Find(ulong hash, UInt128 tokenizer, ReadOnlySpan<byte> text, Span<long> ids, out bool truncated)
    {
        truncated = false;
        lock (gate)
        {
            foreach (ref var slot in Set(hash))
            {
                if (slot.Hash != hash || slot.End == 0 || slot.End - slot.Length < head - ring.Length)
                {
                    continue;
                }

                var entry = ring.AsSpan((int)((slot.End - slot.Length) % ring.Length), slot.Length);
                if (!Is(entry, tokenizer, text, ids.Length))
                {
                    continue;
                }

                var count = BinaryPrimitives.ReadInt32LittleEndian(entry[24..]);
                truncated = BinaryPrimitives.ReadInt32LittleEndian(entry[28..]) != 0;
                var kept = MemoryMarshal.Cast<byte, int>(entry.Slice(Header + Padded(text.Length), count * sizeof(int)));
                for (var index = 0; index < kept.Length; index++)
                {
                    ids[index] = kept[index];
                }

                return count;
            }
        }

        return -1;
    }

    /// <summary>Keeps a text's ids.</summary>
    /// <param name="room">How many ids there was room for: the same text may give more in a wider one.</param>
    public void Add(ulong hash, UInt128 tokenizer, ReadOnlySpan<byte> text, int room, ReadOnlySpan<long> ids, bool truncated)
    {
        var length = Header + Padded(text.Length) + Padded(ids.Length * sizeof(int));
        if (length > Longest)
        {
            return;
        }

        lock (gate)
        {
            // 1. A place that does not run over the ring's end.
            var start = head % ring.Length;
            head += (start + length > ring.Length ? ring.Length - start : 0) + length;
            var entry = ring.AsSpan((int)((head - length) % ring.Length), length);

            // 2. What it was, and what it gave.
            BinaryPrimitives.WriteUInt128LittleEndian(entry, tokenizer);
            BinaryPrimitives.WriteInt32LittleEndian(entry[16..], text.Length);
            BinaryPrimitives.WriteInt32LittleEndian(entry[20..], room);
            BinaryPrimitives.WriteInt32LittleEndian(entry[24..], ids.Length);
            BinaryPrimitives.WriteInt32LittleEndian(entry[28..], truncated ? 1 : 0);
            text.CopyTo(entry[Header..]);
            var kept = MemoryMarshal.Cast<byte, int>(entry[(Header + Padded(text.Length))..]);
            for (var index = 0; index < ids.Length; index++)
            {
                kept[index] = (int)ids[index];
            }

            // 3. Where to find it: in place of the oldest of its set.
            ref var oldest = ref Set(hash)[0];
            foreach (ref var slot in Set(hash))
            {
                if (slot.End < oldest.End)
                {
                    oldest = ref slot;
                }
            }

            oldest = new Slot { Hash = hash, End = head, Length = length };
        }
    }

    private static bool Is(ReadOnlySpan<byte> entry, UInt128 tokenizer, ReadOnlySpan<byte> text, int room)
        => BinaryPrimitives.ReadUInt128LittleEndian(entry) == tokenizer
            && BinaryPrimitives.ReadInt32LittleEndian(entry[16..]) == text.Length
            && BinaryPrimitives.ReadInt32LittleEndian(entry[20..]) == room
            && entry.Slice(Header, text.Length).SequenceEqual(text);

    private static int Padded(int length) => (length + 7) & ~7;

    private Span<Slot> Set(ulong hash) => slots.AsSpan((int)Math.BigMul(hash, (ulong)(slots.Length / Ways), out _) * Ways, Ways);

    private struct Slot
    {
        public ulong Hash;
        public long End;
        public int Length;
    }
}
