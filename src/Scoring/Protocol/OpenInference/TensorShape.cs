namespace Scoring.Protocol.OpenInference;

/// <summary>Arithmetic of shapes that strangers wrote.</summary>
internal static class TensorShape
{
    /// <summary>Most dimensions of a tensor in a request.</summary>
    public const int MaxRank = 32;

    // An empty tensor costs no bytes, but a model may make something of the size of its other dimensions.
    private const long MaxBesideZero = 1 << 22;

    /// <summary>
    /// Counts the elements. False when there are more than <paramref name="most"/>, or when the dimensions of an empty tensor other than its zeros multiply to
    /// more than four million.
    /// </summary>
    public static bool TryCount(ReadOnlySpan<long> shape, long most, out int count)
    {
        most = shape.Contains(0) ? MaxBesideZero : most;
        var product = 1L;
        var isEmpty = false;
        count = 0;
        foreach (var size in shape)
        {
            if (size == 0)
            {
                isEmpty = true;
            }
            else if (size > most / product)
            {
                return false;
            }
            else
            {
                product *= size;
            }
        }

        count = isEmpty ? 0 : (int)Math.Min(product, int.MaxValue);
        return product <= int.MaxValue;
    }

    /// <summary>Such as <c>[2, 3]</c>.</summary>
    public static string Describe(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";
}
