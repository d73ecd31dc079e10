using ModelTool.Quantizing;

namespace Scoring.Tests.Tooling;

/// <summary>A change of quality is kept, lost, or not to be told from so few rows.</summary>
public sealed class PairedIntervalTests
{
    [Theory]
    [InlineData(2000, 0, "kept")]
    [InlineData(2000, 200, "lost")]
    public void Says_AllOfTheInterval_DecidesWithoutDoubt(int rows, int lost, string says)
    {
        var interval = PairedInterval.OfMean(Rises(rows, lost));

        Assert.Equal(says, interval.Says((double)lost / rows, 0.01));
    }

    // 1 of 30 rows: anything from none to a tenth may be lost.
    [Fact]
    public void Says_FewRows_TellsHowManyWouldDo()
    {
        var says = PairedInterval.OfMean(Rises(30, 1)).Says(1 / 30.0, 0.01);

        Assert.Matches("^too few rows to tell \\([0-9,]+ would do\\)$", says);
    }

    [Fact]
    public void OfMean_SameRows_GivesTheSameInterval() => Assert.Equal(PairedInterval.OfMean(Rises(100, 9)), PairedInterval.OfMean(Rises(100, 9)));

    private static double[] Rises(int rows, int lost) => [.. Enumerable.Range(0, rows).Select(row => row < lost ? 1.0 : 0)];
}
