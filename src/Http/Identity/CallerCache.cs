using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Scoring.Http.Identity;

/// <summary>
/// Callers by the SHA-256 of what they showed, so that no secret is kept. Bounded: once <see cref="Half"/> are new, those that nobody asked for since the last such moment are
/// forgotten. Thread safe; a hit takes no lock.
/// </summary>
internal sealed class CallerCache
{
    /// <summary>Twice as many are kept at most.</summary>
    internal const int Half = 4096;

    private volatile Generation young = new();
    private volatile Generation old = new();

    /// <summary>How many are kept now.</summary>
    public int Count => young.Entries.Count + old.Entries.Count;

    public static Hash HashOf(ReadOnlySpan<byte> secret)
    {
        var hash = default(Hash);
        SHA256.HashData(secret, MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref hash, 1)));
        return hash;
    }

    public Entry? Find(Hash hash)
    {
        if (young.Entries.TryGetValue(hash, out var entry))
        {
            return entry;
        }

        if (!old.Entries.TryGetValue(hash, out entry))
        {
            return null;
        }

        Add(hash, entry);
        return entry;
    }

    public void Add(Hash hash, Entry entry)
    {
        var into = young;
        into.Entries[hash] = entry;

        // Counted apart: the dictionary's own count takes every lock of it.
        if (Interlocked.Increment(ref into.Added) == Half)
        {
            old = into;
            young = new();
        }
    }

    /// <summary>A SHA-256.</summary>
    internal readonly record struct Hash(long First, long Second, long Third, long Fourth)
    {
        /// <summary>The hash is as good as random: any part of it does.</summary>
        public override int GetHashCode() => First.GetHashCode();

        /// <summary>The first twelve hexadecimal digits of it.</summary>
        public override string ToString()
        {
            var copy = this;
            return Convert.ToHexStringLower(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref copy, 1))[..6]);
        }
    }

    /// <param name="Caller">Who it is.</param>
    /// <param name="Until">When it is to be checked again.</param>
    /// <param name="Basis">What it was checked by: it holds as long as that is in use.</param>
    internal sealed record Entry(Caller Caller, DateTimeOffset Until, object? Basis);

    private sealed class Generation
    {
        public int Added;

        public ConcurrentDictionary<Hash, Entry> Entries { get; } = new();
    }
}
