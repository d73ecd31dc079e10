using Scoring.Inference.Buffers;

namespace Scoring.Inference;

/// <summary>What a signature says about rows: which outputs follow them, how many a run takes.</summary>
internal static class RowPlan
{
    private static readonly TensorDimension Varying = new(-1, "");

    /// <summary>True where inputs and their shapes allow runs in place: tensors without strings, varying only in the outermost dimension, and outputs that are sure to follow it.</summary>
    /// <param name="signature">The model's inputs and outputs.</param>
    /// <param name="seen">Which outputs were seen to follow the rows; null where nothing was tried.</param>
    public static bool CanBind(ModelSignature signature, bool[]? seen)
        => signature.Inputs.Count > 0
            && signature.Inputs.All(input => input.Kind == ValueKind.Tensor
                && input.ElementType != Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.String
                && input.Rank > 0
                && input.Dimensions[0].IsDynamic
                && input is { HasFixedRows: true, HoldsBytes: false })
            && signature.Outputs.Select((output, index) => IsPromised(signature, output) || (seen is not null && seen[index] && output.Rank > 0)).All(sure => sure);

    /// <summary>True where the graph gives an output's outermost dimension the name of every input's.</summary>
    public static bool IsPromised(ModelSignature signature, ValueSpec output)
        => output is { Kind: ValueKind.Tensor, Rank: > 0 }
            && output.Dimensions[0] is { IsDynamic: true, Symbol.Length: > 0 } rows
            && signature.Inputs.All(input => input is { Kind: ValueKind.Tensor, Rank: > 0 } && input.Dimensions[0] == rows);

    /// <summary>
    /// True where an output's outermost dimension is that of the inputs: the same symbol, the same fixed size, or both varying without a name.
    /// A sequence follows the rows when it holds maps (as ZipMap makes them).
    /// </summary>
    public static bool FollowsRows(ModelSignature signature, ValueSpec output)
    {
        if (output.Kind == ValueKind.Sequence)
        {
            return output.Element!.Kind == ValueKind.Map;
        }

        if (Outermost(output) is not { } rows)
        {
            return false;
        }

        var inputs = signature.Inputs.Select(Outermost).OfType<TensorDimension>().ToArray();

        // No input counts rows, since all are maps or scalars: a run then carries one instance.
        return inputs.Length == 0 ? rows.IsDynamic || rows.Size == 1 : Array.Exists(inputs, input => AreAlike(rows, input));
    }

    private static TensorDimension? Outermost(ValueSpec value) => value switch
    {
        { Kind: ValueKind.Tensor, IsUnranked: true } => Varying,
        { Kind: ValueKind.Tensor, Rank: > 0 } => value.Dimensions[0],
        _ => null,
    };

    private static bool AreAlike(TensorDimension rows, TensorDimension input)
    {
        if (rows.IsDynamic && input.IsDynamic)
        {
            return rows.Symbol == input.Symbol || rows.Symbol.Length == 0 || input.Symbol.Length == 0;
        }

        // One of the two is fixed. Some exporters fix the rows of an output, say to 1, while its input varies: such a model answers one row at a time, so its output follows the rows
        // only where its size is 1.
        return rows.IsDynamic ? rows.Symbol.Length == 0 : rows.Size == (input.IsDynamic ? 1 : input.Size);
    }

    /// <summary>True when an input's outermost dimension is fixed, so that a run takes exactly that many rows.</summary>
    public static bool IsFixed(InputBuffer[] used) => Array.Exists(used, input => !input.IsWhole && input.FixedRows > 0);

    /// <summary>Rows of one run: 1 where each instance carries a whole input, the fixed size where an input has one, otherwise all rows given.</summary>
    public static int BlockRows(InputBuffer[] used, int rows)
    {
        if (Array.Exists(used, input => input.IsWhole || input.Spec is { Rank: 0, IsUnranked: false }))
        {
            return 1;
        }

        return Array.Find(used, input => input.FixedRows > 0) is { } fixedInput ? (int)fixedInput.FixedRows : Math.Max(1, rows);
    }
}
