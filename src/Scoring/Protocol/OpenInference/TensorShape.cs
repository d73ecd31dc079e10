namespace Scoring.Protocol.OpenInference;

/// <summary>Arithmetic of shapes that strangers wrote.</summary>
internal static class TensorShape
{
    /// <summary>Most dimensions of a tensor in a request.</summary>
    public const int MostRank = 32;

    /// <summary>
    /// Counts the elements. False when the dimensions other than zeros multiply to more than <paramref name="most"/>: such a tensor is larger than a body can be,
    /// or empty beside dimensions from which a model would make something too large.
    /// </summary>
    public static bool TryCount(ReadOnlySpan<long> shape, long most, out int count)
    {
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
