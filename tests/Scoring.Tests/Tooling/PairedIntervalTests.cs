using ModelTool.Calibrating;
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

    // A model that says 0.9 where 0.7 come true, beside one that says 0.7: the rise is the whole gap.
    [Theory]
    [InlineData(2000, "lost")]
    [InlineData(12, "too few rows to tell")]
    public void OfEceRisen_OverconfidentCopy_IsSureFromEnoughRows(int rows, string says)
    {
        var labels = Enumerable.Range(0, rows).Select(row => row % 10 < 7 ? 0 : 1).ToArray();
        var (sober, sure) = (Rows(0.7f, labels), Rows(0.9f, labels));
        var risen = CalibrationQuality.Of(sure).Ece - CalibrationQuality.Of(sober).Ece;

        Assert.StartsWith(says, PairedInterval.OfEceRisen(sober, sure).Says(risen, 0.1), StringComparison.Ordinal);
    }

    private static ScoredRows Rows(float confidence, int[] labels) => new([.. labels.Select(_ => (float[])[confidence, 1 - confidence])], labels);

    private static double[] Rises(int rows, int lost) => [.. Enumerable.Range(0, rows).Select(row => row < lost ? 1.0 : 0)];
}
