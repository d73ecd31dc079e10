namespace Scoring.Features.Text.Caching;

/// <summary>A tokenizer that asks a cache first, as long as that pays. Pairs of texts, very short texts and very long ones are tokenized each time.</summary>
/// <param name="tokenizer">Tokenizes.</param>
/// <param name="identity">Its identity for the cache.</param>
/// <param name="cache">Shared with others.</param>
/// <param name="worth">Whether it pays.</param>
/// <param name="time">Measures it.</param>
internal sealed class CachedTokenizer(ITextTokenizer tokenizer, UInt128 identity, TokenCache cache, CacheWorth worth, TimeProvider time) : ITextTokenizer, IDisposable
{
    // Tokenizing a word or two costs less than a look-up.
    private const int MinTextBytes = 24;

    public string Kind => tokenizer.Kind;

    public int MaxTokens => tokenizer.MaxTokens;

    public int IdCount => tokenizer.IdCount;

    public long PaddingId => tokenizer.PaddingId;

    public bool TakesPairs => tokenizer.TakesPairs;

    public ReadOnlySpan<long> Before => tokenizer.Before;

    public ReadOnlySpan<long> After => tokenizer.After;

    public ITextTokenizer WithRoom(int maxTokens) => new CachedTokenizer(tokenizer.WithRoom(maxTokens), identity, cache, worth, time);

    public int Tokenize(ReadOnlySpan<byte> text, Span<long> ids, out bool truncated)
    {
        if (text.Length is < MinTextBytes or > TokenCache.MaxTextBytes || !worth.Asks(out var timed))
        {
            return tokenizer.Tokenize(text, ids, out truncated);
        }

        var start = timed ? time.GetTimestamp() : 0;
        var count = cache.Find(identity, text, ids, out var hash, out truncated);
        var found = timed ? time.GetTimestamp() : 0;
        if (count >= 0)
        {
            worth.Hit(timed ? found - start : -1);
            return count;
        }

        count = tokenizer.Tokenize(text, ids, out truncated);
        var tokenized = timed ? time.GetTimestamp() : 0;
        cache.Add(hash, identity, text, ids.Length, ids[..count], truncated);
        worth.Miss(timed ? found - start + time.GetTimestamp() - tokenized : -1, timed ? tokenized - found : -1);
        return count;
    }

    public int TokenizePair(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<long> ids, out int secondStart, out bool truncated)
        => tokenizer.TokenizePair(first, second, ids, out secondStart, out truncated);

    public void Dispose() => (tokenizer as IDisposable)?.Dispose();
}
