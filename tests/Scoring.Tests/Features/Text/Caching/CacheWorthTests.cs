using Scoring.Features.Text.Caching;

namespace Scoring.Tests.Features.Text.Caching;

public sealed class CacheWorthTests
{
    [Theory]
    [InlineData(0, 10, 30, 100, false)]
    [InlineData(10, 10, 30, 100, false)]
    [InlineData(40, 10, 30, 100, true)]
    [InlineData(100, 10, 30, 100, true)]
    [InlineData(90, 50, 60, 40, false)]
    public void IsOn_AfterAWindow_TellsWhetherHitsSavedMoreThanMissesCost(int hitsOfHundred, int hit, int miss, int tokenizing, bool pays)
    {
        var worth = new CacheWorth();

        Ask(worth, CacheWorth.Window, hitsOfHundred, hit, miss, tokenizing);

        Assert.Equal(pays, worth.IsOn);
    }

    [Fact]
    public void Asks_OnceItLost_RestsTwiceAsLongEachTime()
    {
        var worth = new CacheWorth();
        var rests = new List<int>();
        for (var round = 0; round < 3; round++)
        {
            Ask(worth, CacheWorth.Window, hitsOfHundred: 0, hit: 10, miss: 30, tokenizing: 100);
            var rest = 0;
            while (!worth.IsOn)
            {
                Assert.False(worth.Asks(out _));
                rest++;
            }

            rests.Add(rest);
        }

        Assert.Equal([16 * CacheWorth.Window, 32 * CacheWorth.Window, 64 * CacheWorth.Window], rests);
    }

    [Fact]
    public void Asks_OnceItPaysAgain_StaysOn()
    {
        var worth = new CacheWorth();
        Ask(worth, CacheWorth.Window, hitsOfHundred: 0, hit: 10, miss: 30, tokenizing: 100);
        while (!worth.IsOn)
        {
            worth.Asks(out _);
        }

        Ask(worth, 10 * CacheWorth.Window, hitsOfHundred: 90, hit: 10, miss: 30, tokenizing: 100);

        Assert.True(worth.IsOn);
    }

    [Fact]
    public void IsOn_OneOfItsTimesWasAWaitingThreads_IsJudgedByTheOthers()
    {
        var worth = new CacheWorth();
        var waits = 1;

        for (var text = 0; text < CacheWorth.Window; text++)
        {
            worth.Asks(out var timed);
            if (text % 10 > 0)
            {
                worth.Hit(timed ? 10 : -1);
            }
            else
            {
                worth.Miss(timed ? 30 + (1_000_000 * waits) : -1, timed ? 100 : -1);
                waits = timed ? 0 : waits;
            }
        }

        Assert.True(worth.IsOn);
    }

    private static void Ask(CacheWorth worth, int count, int hitsOfHundred, int hit, int miss, int tokenizing)
    {
        for (var text = 0; text < count; text++)
        {
            Assert.True(worth.Asks(out var timed));
            if (text % 100 < hitsOfHundred)
            {
                worth.Hit(timed ? hit : -1);
            }
            else
            {
                worth.Miss(timed ? miss : -1, timed ? tokenizing : -1);
            }
        }
    }
}
