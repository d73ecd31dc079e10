using Scoring.Http.Identity;

namespace Functions.Tests.Identity;

/// <summary>The cache of callers stays small, and keeps those that come back.</summary>
public sealed class CallerCacheTests
{
    [Fact]
    public void Add_ManyTimesMoreThanItKeeps_StaysBoundedAndKeepsWhoComesBack()
    {
        var cache = new CallerCache();
        var entry = new CallerCache.Entry(new Caller(CallerBook.None, "entra:one", CallerRoles.Score, null, isIdentity: true), DateTimeOffset.MaxValue, null);
        var regular = CallerCache.HashOf("regular"u8);
        cache.Add(regular, entry);

        for (var i = 0; i < 10 * CallerCache.Half; i++)
        {
            cache.Add(CallerCache.HashOf(BitConverter.GetBytes(i)), entry);
            Assert.Same(entry, cache.Find(regular));
            Assert.InRange(cache.Count, 1, 2 * CallerCache.Half);
        }

        Assert.Null(cache.Find(CallerCache.HashOf(BitConverter.GetBytes(0))));
    }
}
