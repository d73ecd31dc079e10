using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Scoring.Inference;

/// <summary>What shape a model's input or output has.</summary>
public enum ValueKind
{
    /// <summary>A dense tensor.</summary>
    Tensor,

    /// <summary>A sequence; <see cref="ValueSpec.Element"/> tells of what.</summary>
    Sequence,

    /// <summary>A map; <see cref="ValueSpec.ElementType"/> is the key's type, <see cref="ValueSpec.Element"/> the value's.</summary>
    Map,

    /// <summary>A value that may be absent; <see cref="ValueSpec.Element"/> tells what it is when present.</summary>
    Optional,
}

/// <summary>One input or output of a model, as its session describes it.</summary>
/// <param name="Name">The name in the graph; any text.</param>
/// <param name="Kind">Tensor, sequence, map or optional.</param>
/// <param name="ElementType">A tensor's element type, or a map's key type.</param>
/// <param name="Dimensions">A tensor's dimensions, outermost first; empty for a scalar.</param>
/// <param name="Element">What a sequence, map or optional holds.</param>
public sealed record ValueSpec(
    string Name, ValueKind Kind, TensorElementType ElementType, IReadOnlyList<TensorDimension> Dimensions, ValueSpec? Element = null)
{
    /// <summary>Count of dimensions; 0 for a scalar.</summary>
    public int Rank => Dimensions.Count;

    /// <summary>True where the graph does not even tell the rank: any shape will do, and <see cref="Dimensions"/> says nothing.</summary>
    public bool IsUnranked { get; init; }

    /// <summary>True where a NaN among the elements is a missing value to the model.</summary>
    public bool TakesNaN { get; init; }

    /// <summary>True where one instance gives all of the tensor, as bytes of a length of its own.</summary>
    public bool HoldsBytes { get; init; }

    /// <summary>True for floating-point elements.</summary>
    public bool IsFloating => ElementType is TensorElementType.Float or TensorElementType.Double or TensorElementType.Float16 or TensorElementType.BFloat16;

    /// <summary>True where a row's shape is the same in every run: no dimension but the outermost varies.</summary>
    public bool HasFixedRows
    {
        get
        {
            for (var axis = 1; axis < Rank; axis++)
            {
                if (Dimensions[axis].IsDynamic)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Such as <c>float32 [rows, 23]</c> or <c>sequence of map of int64 to float32 []</c>.</summary>
    public override string ToString() => Kind switch
    {
        ValueKind.Tensor when IsUnranked => $"{ElementType.Name()} of any shape",
        ValueKind.Tensor => $"{ElementType.Name()} [{string.Join(", ", Dimensions)}]",
        ValueKind.Sequence => $"sequence of {Element}",
        ValueKind.Map => $"map of {ElementType.Name()} to {Element}",
        _ => $"optional {Element}",
    };

    internal static ValueSpec From(string name, NodeMetadata metadata)
    {
        switch (metadata.OnnxValueType)
        {
            case OnnxValueType.ONNX_TYPE_TENSOR:
                var dimensions = new TensorDimension[metadata.Dimensions.Length];
                for (var axis = 0; axis < dimensions.Length; axis++)
                {
                    dimensions[axis] = new TensorDimension(metadata.Dimensions[axis], metadata.SymbolicDimensions[axis]);
                }

                return new ValueSpec(name, ValueKind.Tensor, metadata.ElementDataType, dimensions);
            case OnnxValueType.ONNX_TYPE_SEQUENCE:
                return new ValueSpec(name, ValueKind.Sequence, default, [], Item(metadata.AsSequenceMetadata().ElementMeta));
            case OnnxValueType.ONNX_TYPE_MAP:
                var map = metadata.AsMapMetadata();
                return new ValueSpec(name, ValueKind.Map, map.KeyDataType, [], From("", map.ValueMetadata));
            case OnnxValueType.ONNX_TYPE_OPTIONAL:
                return new ValueSpec(name, ValueKind.Optional, default, [], Item(metadata.AsOptionalMetadata().ElementMeta));
            default:
                throw new ScoringException(
                    ErrorCode.ModelUnavailable,
                    $"'{name}' is of the kind {metadata.OnnxValueType}; tensors, sequences, maps and optionals can be served.");
        }
    }

    // What a sequence or an optional holds seldom has a shape in the graph; none at all is taken for any.
    private static ValueSpec Item(NodeMetadata metadata)
    {
        var item = From("", metadata);
        return item with { IsUnranked = item is { Kind: ValueKind.Tensor, Rank: 0 } };
    }
}
