using Scoring.Inference.Buffers;

namespace Scoring.Inference;

/// <summary>What a signature says about rows: which outputs follow them, how many a run takes.</summary>
internal static class RowPlan
{
    /// <summary>True where inputs and their shapes allow runs in place: tensors without strings, varying only in the outermost dimension.</summary>
    public static bool CanBind(ModelSignature signature)
        => signature.Inputs.Count > 0
            && signature.Inputs.All(input => input.Kind == ValueKind.Tensor
                && input.ElementType != Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.String
                && input.Rank > 0
                && input.Dimensions[0].IsDynamic
                && input.Dimensions.Skip(1).All(dimension => !dimension.IsDynamic))
            && signature.Outputs.All(output => FollowsRows(signature, output) && output.Kind == ValueKind.Tensor && output.Dimensions[0].Symbol.Length > 0
                && output.Dimensions[0].Symbol == signature.Inputs[0].Dimensions[0].Symbol);

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

        if (output.Kind != ValueKind.Tensor || output.Rank == 0)
        {
            return false;
        }

        var rows = output.Dimensions[0];
        if (!signature.Inputs.Any(input => input.Kind == ValueKind.Tensor && input.Rank > 0))
        {
            // Maps and scalars carry one instance a run.
            return rows.IsDynamic || rows.Size == 1;
        }

        foreach (var input in signature.Inputs)
        {
            if (input.Kind == ValueKind.Tensor && input.Rank > 0)
            {
                var inputRows = input.Dimensions[0];
                if (rows.IsDynamic != inputRows.IsDynamic
                    ? rows.IsDynamic && rows.Symbol.Length == 0
                    : rows.IsDynamic ? rows.Symbol == inputRows.Symbol || rows.Symbol.Length == 0 || inputRows.Symbol.Length == 0 : rows.Size == inputRows.Size)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>True when an input's outermost dimension is fixed, so that a run takes exactly that many rows.</summary>
    public static bool IsFixed(InputBuffer[] used) => Array.Exists(used, input => !input.IsWhole && input.FixedRows > 0);

    /// <summary>Rows of one run: one where an instance carries a whole input, the fixed size where there is one, otherwise all.</summary>
    public static int BlockRows(InputBuffer[] used, int rows)
    {
        if (Array.Exists(used, input => input.IsWhole || input.Spec.Rank == 0))
        {
            return 1;
        }

        return Array.Find(used, input => input.FixedRows > 0) is { } fixedInput ? (int)fixedInput.FixedRows : Math.Max(1, rows);
    }
}
