using ModelTool.Training.Fitting;
using Samples.Training;

namespace Scoring.Tests.Samples;

public sealed class TrainingMathTests
{
    [Fact]
    public void Auc_OnePairOfFourInTheWrongOrder_IsThreeQuarters() =>
        Assert.Equal(0.75, RankingQuality.Auc([0.1, 0.4, 0.35, 0.8], [false, false, true, true]));

    [Fact]
    public void Auc_AllScoresEqual_IsAHalf() => Assert.Equal(0.5, RankingQuality.Auc([0.3, 0.3, 0.3], [true, false, true]));

    [Fact]
    public void CalibrationError_TwoBins_IsTheWeightedGap() =>
        // Four rows at 0.9 of which three are right, one at 0.6 that is wrong: (|3 - 3.6| + |0 - 0.6|) / 5.
        Assert.Equal(0.24, CalibrationError.Of([0.9, 0.9, 0.9, 0.9, 0.6], [true, true, true, false, false]), 1e-12);

    [Fact]
    public void SeededRandom_KnownSeed_GivesThePublishedSequence()
    {
        // The reference implementation's first values for seed 1234567.
        var random = new SeededRandom(1234567);

        Assert.Equal(6457827717110365317UL, random.NextUInt64());
        Assert.Equal(3203168211198807973UL, random.NextUInt64());
    }

    [Theory]
    [InlineData(-50.0)]
    [InlineData(-0.3)]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(88.6)]
    public void Exp_AnyValue_IsTheLibrarysWithinRounding(double value) =>
        // The power times ln 2 is rounded once: some 2^-53 of the value, which the exponential turns into a relative error.
        Assert.Equal(1, PortableMath.Exp(value) / Math.Exp(value), 1e-14);

    [Theory]
    [InlineData(1e-300)]
    [InlineData(0.1)]
    [InlineData(0.999)]
    [InlineData(1.5)]
    [InlineData(1e10)]
    public void Log_AnyValue_IsTheLibrarysWithinRounding(double value) =>
        Assert.Equal(1, PortableMath.Log(value) / Math.Log(value), 1e-14);
}
