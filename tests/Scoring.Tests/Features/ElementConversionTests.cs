using Microsoft.ML.OnnxRuntime;
using Scoring.Inference.Elements;

namespace Scoring.Tests.Features;

/// <summary>Numbers of typed columns as elements of tensors: exact, or refused.</summary>
public sealed class ElementConversionTests
{
    [Theory]
    [InlineData(127d, true)]
    [InlineData(-128d, true)]
    [InlineData(128d, false)]
    [InlineData(-129d, false)]
    [InlineData(1.5, false)]
    [InlineData(double.NaN, false)]
    [InlineData(double.PositiveInfinity, false)]
    public void TryConvert_DoubleToInt8_TakesWholeNumbersInItsRange(double number, bool isTaken)
    {
        Assert.Equal(isTaken, IntegerElement<sbyte>.TryConvert(number, out var value));
        Assert.True(!isTaken || value == number);
    }

    [Theory]
    [InlineData(9223372036854774784d, true)]
    [InlineData(-9223372036854775808d, true)]
    [InlineData(9223372036854775808d, false)]
    public void TryConvert_DoubleToInt64_EndsBelowTwoToThe63(double number, bool isTaken)
    {
        Assert.Equal(isTaken, IntegerElement<long>.TryConvert(number, out var value));
        Assert.True(!isTaken || value == (long)number);
    }

    [Theory]
    [InlineData(-1L, false)]
    [InlineData(long.MaxValue, true)]
    public void TryConvert_Int64ToUInt64_TakesWhatIsNotNegative(long number, bool isTaken) => Assert.Equal(isTaken, IntegerElement<ulong>.TryConvert(number, out _));

    [Theory]
    [InlineData(1e300, false)]
    [InlineData(0.1, true)]
    [InlineData(double.NaN, false)]
    public void TryConvert_DoubleToFloat_RefusesWhatIsNotFiniteThere(double number, bool isTaken)
    {
        Assert.Equal(isTaken, FloatElement<float>.TryConvert(number, out var value));
        Assert.True(!isTaken || value == (float)number);
        Assert.Equal(isTaken, BFloat16Element.TryConvert(number, out BFloat16 _));
    }

    [Theory]
    [InlineData(0L, true)]
    [InlineData(1L, true)]
    [InlineData(2L, false)]
    public void TryConvert_Int64ToBool_TakesZeroAndOne(long number, bool isTaken)
    {
        Assert.Equal(isTaken, BoolElement.TryConvert(number, out var value));
        Assert.True(!isTaken || value == (number == 1));
    }
}
