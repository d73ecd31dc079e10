using Microsoft.ML.OnnxRuntime;
using Scoring.Inference.Buffers;

namespace Scoring.Inference;

/// <summary>
/// Finds out by two runs on made-up rows which outputs have a row for each row of the inputs, where the graph does not promise it: exporters leave dimensions
/// unnamed, or name them differently at both ends.
/// </summary>
internal static class RowTrial
{
    /// <summary>For each output whether it had as many rows as the inputs, with two and with three; null where nothing could be tried or need be.</summary>
    public static bool[]? Run(ModelSession session, ModelSignature signature)
    {
        var varies = signature.Inputs.Count > 0 && signature.Inputs.All(input => input is { Kind: ValueKind.Tensor, Rank: > 0, HoldsBytes: false } && input.Dimensions[0].IsDynamic);
        if (!varies || signature.Outputs.All(output => RowPlan.IsPromised(signature, output)))
        {
            return null;
        }

        var seen = new bool[signature.Outputs.Count];
        Array.Fill(seen, true);
        return TryRun(session, signature, 2, seen) && TryRun(session, signature, 3, seen) ? seen : null;
    }

    private static bool TryRun(ModelSession session, ModelSignature signature, int rows, bool[] seen)
    {
        var buffers = signature.Inputs.Select(input => (TensorBuffer)BufferFactory.Input(input, optional: false)).ToArray();
        var values = Array.ConvertAll(buffers, buffer => Zeros(buffer, rows));
        try
        {
            using var results = session.Run(null, [.. signature.Inputs.Select(input => input.Name)], values);
            for (var index = 0; index < seen.Length; index++)
            {
                seen[index] &= RowsOf(results[index]) == rows;
            }

            return true;
        }
        catch (Exception exception) when (RunFailure.IsOfTheModel(exception))
        {
            // Made-up rows are no input of this model's.
            return false;
        }
        finally
        {
            foreach (var value in values)
            {
                value.Dispose();
            }
        }
    }

    private static OrtValue Zeros(TensorBuffer buffer, int rows)
    {
        for (var row = 0; row < rows; row++)
        {
            buffer.AppendZeros();
        }

        return buffer.CreateValue(0, rows);
    }

    /// <summary>Size of the outermost dimension, or count of a sequence; -1 for what has neither.</summary>
    public static long RowsOf(OrtValue value)
    {
        if (!value.IsTensor)
        {
            return value.OnnxType == OnnxValueType.ONNX_TYPE_SEQUENCE ? value.GetValueCount() : -1;
        }

        var shape = value.GetTensorTypeAndShape().Shape;
        return shape.Length == 0 ? -1 : shape[0];
    }
}
