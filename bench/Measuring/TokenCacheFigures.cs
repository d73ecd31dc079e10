using System.Globalization;
using System.Text;
using Scoring.Bench.Reporting;
using Scoring.Features.Text;
using Scoring.Features.Text.Caching;

namespace Scoring.Bench.Measuring;

/// <summary>Streams of texts in which so many came before, tokenized with the cache and without.</summary>
internal sealed class TokenCacheFigures(ITextTokenizer tokenizer, string[] texts)
{
    // More different texts than the cache has room for, so that none of the new ones is found.
    private const int NewTexts = 60_000;
    private const int KnownTexts = 200;
    private const int PerCall = 4096;
    private const int RoundCount = 41;
    private static readonly int[] Shares = [0, 10, 25, 50, 90, 100];

    private readonly long[] ids = new long[tokenizer.MaxTokens];

    public IEnumerable<Figure> Measure(TextWriter output, CancellationToken cancellationToken)
    {
        // As long as one text of a request tends to be.
        var bodies = texts.Where(text => text.Length is > 200 and < 1000).Take(KnownTexts).ToArray();
        var fresh = Enumerable.Range(0, NewTexts).Select(number => Encoding.UTF8.GetBytes($"{number} {bodies[number % bodies.Length]}")).ToArray();
        var known = Array.ConvertAll(bodies, Encoding.UTF8.GetBytes);
        foreach (var share in Shares)
        {
            var always = new AlwaysCached(tokenizer, Cache());
            var asked = new CachedTokenizer(tokenizer, 1, Cache(), new CacheWorth(), TimeProvider.System);
            var times = Rounds.Medians(
                RoundCount, 1,
                [Stream(text => tokenizer.Tokenize(text, ids, out _)), Stream(text => asked.Tokenize(text, ids, out _)), Stream(text => always.Tokenize(text, ids))],
                cancellationToken);
            var (without, with, each) = (times[0] / PerCall, times[1] / PerCall, times[2] / PerCall);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{share,3} % of the texts came before: {without:F0} ns a text without the cache, {with:F0} ns with it, {without / with:F2} times as fast; {without / each:F2} if it never rested"));
            yield return new($"tokenizing with the cache, {share} % of the texts came before", "without it", without / with, "x as fast", share == 0 ? Aim.AtLeast(0.95) : null)
            {
                Medians = new Dictionary<string, double> { ["withoutNanoseconds"] = without, ["withNanoseconds"] = with, ["neverRestingNanoseconds"] = each },
            };

            Action Stream(Action<byte[]> tokenize)
            {
                var next = 0;
                var turn = 0;
                return () =>
                {
                    for (var call = 0; call < PerCall; call++)
                    {
                        // A step that meets every hundredth once, in no run.
                        turn = (turn + 37) % 100;
                        tokenize(turn < share ? known[call % known.Length] : fresh[next++ % fresh.Length]);
                    }
                };
            }
        }
    }

    private static TokenCache Cache() => new(TokenCache.UsualBytes, () => { }, () => { });
}
