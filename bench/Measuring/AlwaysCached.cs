using Scoring.Features.Text;
using Scoring.Features.Text.Caching;

namespace Scoring.Bench.Measuring;

/// <summary>A tokenizer that asks its cache each time, whether it pays or not: what the service's own is spared.</summary>
internal sealed class AlwaysCached(ITextTokenizer tokenizer, TokenCache cache)
{
    /// <inheritdoc cref="ITextTokenizer.Tokenize"/>
    public int Tokenize(ReadOnlySpan<byte> text, Span<long> ids)
    {
        var count = cache.Find(1, text, ids, out var hash, out var truncated);
        if (count < 0)
        {
            count = tokenizer.Tokenize(text, ids, out truncated);
            cache.Add(hash, 1, text, ids.Length, ids[..count], truncated);
        }

        return count;
    }
}
