using System.Text;
using ModelTool.Training.Fitting;
using Samples.Training;
using Scoring.Features.Text.Caching;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving;

namespace Scoring.Tests.Features.Text.Caching;

public sealed class TokenCacheTests
{
    private readonly TokenCache cache;
    private readonly long[] ids = new long[64];
    private int hits;
    private int misses;

    public TokenCacheTests() => cache = new TokenCache(1 << 20, () => Interlocked.Increment(ref hits), () => Interlocked.Increment(ref misses));

    [Fact]
    public void Find_TextKept_GivesItsIds()
    {
        Keep(1, "free text", [1, 2], truncated: true);

        Assert.Equal(2, cache.Find(1, "free text"u8, ids, out _, out var truncated));
        Assert.Equal([1, 2], ids[..2]);
        Assert.True(truncated);
        Assert.Equal((1, 1), (hits, misses));
    }

    [Theory]
    [InlineData(2, "free text", 64)]
    [InlineData(1, "free texts", 64)]
    [InlineData(1, "Free text", 64)]
    [InlineData(1, "free text", 63)]
    public void Find_OtherTokenizerTextOrRoom_IsAMiss(int tokenizer, string text, int room)
    {
        Keep(1, "free text", [1, 2]);

        Assert.True(cache.Find((UInt128)tokenizer, Encoding.UTF8.GetBytes(text), ids.AsSpan(0, room), out _, out _) < 0);
    }

    [Fact]
    public void Add_MoreThanItsBytes_DropsTheOldestAndNeverMixesThem()
    {
        const int Texts = 20_000;
        var found = 0;
        for (var text = 0; text < Texts; text++)
        {
            Keep(1, Text(text), Ids(text));
        }

        for (var text = Texts - 1; text >= 0; text--)
        {
            var count = cache.Find(1, Encoding.UTF8.GetBytes(Text(text)), ids, out _, out _);
            if (count >= 0)
            {
                found++;
                Assert.Equal(Ids(text), ids[..count]);
            }
        }

        // A megabyte has room for some 5,000 of about 200 bytes.
        Assert.InRange(found, 1000, 10_000);
        Assert.True(cache.Find(1, Encoding.UTF8.GetBytes(Text(Texts - 1)), ids, out _, out _) >= 0);
        Assert.True(cache.Find(1, Encoding.UTF8.GetBytes(Text(0)), ids, out _, out _) < 0);
    }

    [Fact]
    public void Find_FromManyThreads_GivesEachTextItsOwnIds()
    {
        Parallel.For(0, 4, thread =>
        {
            var random = new SeededRandom((ulong)thread);
            var own = new long[64];
            for (var turn = 0; turn < 20_000; turn++)
            {
                var text = random.Next(8000);
                var bytes = Encoding.UTF8.GetBytes(Text(text));
                var count = cache.Find(1, bytes, own, out var hash, out _);
                if (count < 0)
                {
                    cache.Add(hash, 1, bytes, own.Length, Ids(text), truncated: false);
                }
                else
                {
                    Assert.Equal(Ids(text), own[..count]);
                }
            }
        });

        Assert.True(hits > 0);
    }

    [Fact]
    public void Find_EntryLongerThanAnEighthOfItsPart_IsNotKept()
    {
        Keep(1, new string('x', 9000), [1]);

        Assert.True(cache.Find(1, Encoding.UTF8.GetBytes(new string('x', 9000)), ids, out _, out _) < 0);
    }

    [Fact]
    public void TryAdd_TwoVersionsOfOneTokenizer_ShareTheTexts()
    {
        using var model = new TextModel(TextModel.Words);
        using var other = new TextModel(TextModel.Words.Replace("\"maxTokens\":8", "\"maxTokens\":9", StringComparison.Ordinal));
        var body = """{"instances":["Free text, free text, free text","Free text, free text, free text"]}"""u8.ToArray();

        Assert.Equal((1, 1), Score(model.Folder, body));
        Assert.Equal((3, 1), Score(model.Folder, body));
        Assert.Equal((4, 2), Score(other.Folder, body));
    }

    private (int Hits, int Misses) Score(string folder, byte[] body)
    {
        using var model = LoadedModel.Load(new ModelPackage("echo", "1", "", folder, folder), SessionSettings.Plain, cache);
        using var batch = model.RentBatch();
        Scoring.Protocol.ScoreRequest.Read(body, batch, maxInstances: 10);
        Assert.Equal(2, batch.Count);
        return (hits, misses);
    }

    private static string Text(int text) => $"text {text} of many, with some words about it that are all alike";

    private static long[] Ids(int text) => [.. Enumerable.Range(0, 10 + (text % 20)).Select(index => (long)text + index)];

    private void Keep(UInt128 tokenizer, string text, long[] kept, bool truncated = false)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Assert.True(cache.Find(tokenizer, bytes, ids, out var hash, out _) < 0);
        cache.Add(hash, tokenizer, bytes, ids.Length, kept, truncated);
    }
}
