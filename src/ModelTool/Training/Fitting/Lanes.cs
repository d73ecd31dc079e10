using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ModelTool.Training.Fitting;

/// <summary>
/// Arithmetic on rows of float32 whose length is a multiple of 8. Every sum has one fixed order and nothing is fused, so that the results are the
/// same bits on every processor, with or without vector instructions.
/// </summary>
public static class Lanes
{
    public const int Width = 8;

    /// <summary>target += scale · source.</summary>
    public static void AddScaled(Span<float> target, float scale, ReadOnlySpan<float> source)
    {
        var scales = Vector256.Create(scale);
        var from = MemoryMarshal.Cast<float, Vector256<float>>(source);
        var to = MemoryMarshal.Cast<float, Vector256<float>>(target);
        for (var index = 0; index < to.Length; index++)
        {
            to[index] += scales * from[index];
        }
    }

    /// <summary>Sum of the products, eight partial sums first.</summary>
    public static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var sum = Vector256<float>.Zero;
        var first = MemoryMarshal.Cast<float, Vector256<float>>(left);
        var second = MemoryMarshal.Cast<float, Vector256<float>>(right);
        for (var index = 0; index < first.Length; index++)
        {
            sum += first[index] * second[index];
        }

        var total = 0f;
        for (var lane = 0; lane < Width; lane++)
        {
            total += sum[lane];
        }

        return total;
    }
}
