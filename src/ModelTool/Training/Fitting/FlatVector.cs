using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ModelTool.Training.Fitting;

/// <summary>Sums over long vectors of float32, a multiple of <see cref="Lanes.Width"/>, in double precision and in one fixed order.</summary>
internal static class FlatVector
{
    /// <summary>Sum of the products.</summary>
    public static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var first = MemoryMarshal.Cast<float, Vector256<float>>(left);
        var second = MemoryMarshal.Cast<float, Vector256<float>>(right);
        var (lower, upper) = (Vector256<double>.Zero, Vector256<double>.Zero);
        for (var index = 0; index < first.Length; index++)
        {
            var (low, high) = Vector256.Widen(first[index] * second[index]);
            lower += low;
            upper += high;
        }

        var sums = lower + upper;
        return sums[0] + sums[1] + sums[2] + sums[3];
    }

    /// <summary>target = left - right.</summary>
    public static void Subtract(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> target)
    {
        for (var index = 0; index < target.Length; index++)
        {
            target[index] = left[index] - right[index];
        }
    }

    /// <summary>target *= scale.</summary>
    public static void Scale(Span<float> target, float scale)
    {
        for (var index = 0; index < target.Length; index++)
        {
            target[index] *= scale;
        }
    }
}
