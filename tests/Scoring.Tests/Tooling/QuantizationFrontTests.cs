using ModelTool.Measuring;
using ModelTool.Quantizing;

namespace Scoring.Tests.Tooling;

public sealed class QuantizationFrontTests
{
    [Fact]
    public void Mark_OfFourKinds_LeavesOutTheBeatenTheRuinedAndTheLarger()
    {
        var marked = QuantizationFront.Mark([Attempt(0.25, 0.4, true), Attempt(0.2, 0.9, true), Attempt(0.3, 0.5, true), Attempt(0.1, 0.1, false), Attempt(1.1, 1.2, true)]);

        Assert.Equal([true, true, false, false, false], marked.Select(attempt => attempt.IsOnFront));
        Assert.False(QuantizationFront.HoldsOriginal(marked));
    }

    [Fact]
    public void HoldsOriginal_WhereAllThatIsSmallerIsSlower_True() => Assert.True(QuantizationFront.HoldsOriginal([Attempt(0.5, 1.3, true)]));

    private static QuantizationAttempt Attempt(double bytes, double latency, bool isAccurate) =>
        new(QuantizationMode.Dynamic, 0, new QuantizationPlan(1, 0, 0, [], []), new CompareFound(new(1, 1, 1), new(1, latency, latency), null, 0, [], 1, "rows", 0),
            [Limit.AtMost("answers", isAccurate ? 0 : 1, 0.5) with { IsAccuracy = true }])
        { BytesRatio = bytes };
}
