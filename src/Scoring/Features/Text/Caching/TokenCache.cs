using System.IO.Hashing;

namespace Scoring.Features.Text.Caching;

/// <summary>
/// The ids of texts that were tokenized before, by content and tokenizer: one for the whole process, so that requests and jobs, versions and models of one
/// tokenizer share it. A text is compared byte by byte, never by its hash alone. Takes its bytes when first used, and never more. Thread safe.
/// </summary>
internal sealed class TokenCache
{
    /// <summary>Bytes that it may take.</summary>
    public const int UsualBytes = 16 << 20;

    /// <summary>Longer texts are not looked for: they are cut after their first ids more often than not, and hashing all of one would cost more.</summary>
    public const int MaxTextBytes = 16 << 10;

    private const int Shards = 16;

    private readonly TokenShard?[] shards = new TokenShard?[Shards];
    private readonly int shardBytes;
    private readonly Action hit;
    private readonly Action miss;

    // Unlike in another process, so that nobody can prepare texts that drive each other out.
    private readonly long seed = Random.Shared.NextInt64();

    /// <param name="bytes">Bytes that it may take.</param>
    /// <param name="hit">Called for each text found.</param>
    /// <param name="miss">Called for each text not found.</param>
    public TokenCache(int bytes, Action hit, Action miss)
    {
        shardBytes = bytes / Shards;
        this.hit = hit;
        this.miss = miss;
    }

    /// <summary>Looks a text up.</summary>
    /// <param name="tokenizer">The tokenizer's identity: two that may give other ids have others.</param>
    /// <param name="text">UTF-8.</param>
    /// <param name="ids">Receives them; its length is part of what is looked for.</param>
    /// <param name="hash">What <see cref="Add"/> takes.</param>
    /// <param name="truncated">Whether some were left out for lack of room.</param>
    /// <returns>Count of ids; negative where the text is not known.</returns>
    public int Find(UInt128 tokenizer, ReadOnlySpan<byte> text, Span<long> ids, out ulong hash, out bool truncated)
    {
        hash = XxHash3.HashToUInt64(text, seed ^ (long)(ulong)tokenizer);
        var count = Shard(hash).Find(hash, tokenizer, text, ids, out truncated);
        (count < 0 ? miss : hit)();
        return count;
    }

    /// <summary>Keeps what a text gave.</summary>
    public void Add(ulong hash, UInt128 tokenizer, ReadOnlySpan<byte> text, int room, ReadOnlySpan<long> ids, bool truncated)
        => Shard(hash).Add(hash, tokenizer, text, room, ids, truncated);

    // The low bits: the high ones choose the place within.
    private TokenShard Shard(ulong hash)
    {
        ref var shard = ref shards[hash % Shards];
        return Volatile.Read(ref shard) ?? Interlocked.CompareExchange(ref shard, new TokenShard(shardBytes), null) ?? shard!;
    }
}
