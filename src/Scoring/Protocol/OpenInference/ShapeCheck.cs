using Scoring.Inference;

namespace Scoring.Protocol.OpenInference;

/// <summary>Holds the tensors of a request to the session's metadata: type, rank, each dimension, and dimensions of one name to one size. One per request.</summary>
internal sealed class ShapeCheck
{
    private readonly Dictionary<string, (long Size, string Input, int Axis)> symbols = [];

    /// <summary>Checks a shape; false when faults were added.</summary>
    public bool Fits(ValueSpec spec, ReadOnlySpan<long> shape, TensorSite site)
    {
        if (spec.IsUnranked)
        {
            return true;
        }

        if (shape.Length != spec.Rank)
        {
            site.Add(ErrorCode.ShapeMismatch, "/shape", $"found {TensorShape.Describe(shape)}, {shape.Length} dimensions; expected {spec.Rank}: {Describe(spec)}");
            return false;
        }

        var fits = true;
        for (var axis = 0; axis < shape.Length; axis++)
        {
            fits &= Fits(spec, axis, shape[axis], site);
        }

        return fits;
    }

    /// <summary>The size of a dimension, where it is fixed or an input gave one of its name; otherwise null.</summary>
    public long? SizeOf(TensorDimension dimension) =>
        !dimension.IsDynamic ? dimension.Size : symbols.TryGetValue(dimension.Symbol, out var known) ? known.Size : null;

    /// <summary>Such as <c>FP32 [rows, 23]</c>.</summary>
    public static string Describe(ValueSpec spec)
        => $"{Datatypes.Name(spec.ElementType)} {(spec.IsUnranked ? "of any shape" : $"[{string.Join(", ", spec.Dimensions)}]")}";

    private bool Fits(ValueSpec spec, int axis, long size, TensorSite site)
    {
        var dimension = spec.Dimensions[axis];
        if (!dimension.IsDynamic)
        {
            if (size == dimension.Size)
            {
                return true;
            }

            site.Add(ErrorCode.ShapeMismatch, $"/shape/{axis}", $"found {size} along dimension {axis}; expected {dimension.Size}: {Describe(spec)}");
            return false;
        }

        if (dimension.Symbol.Length == 0 || symbols.TryAdd(dimension.Symbol, (size, spec.Name, axis)))
        {
            return true;
        }

        var (expected, input, other) = symbols[dimension.Symbol];
        if (size == expected)
        {
            return true;
        }

        site.Add(ErrorCode.ShapeMismatch, $"/shape/{axis}", $"found {size} along dimension {axis} ('{dimension.Symbol}'); expected {expected}, which '{dimension.Symbol}' is along dimension {other} of '{input}'");
        return false;
    }
}
