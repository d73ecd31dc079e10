using ModelTool.Models;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Quantizing;

/// <summary>
/// Matrix products as INT8. Dynamic: DynamicQuantizeLinear → MatMulInteger → Cast → Mul by both scales, the pattern that ONNX Runtime fuses at load
/// (MatMulIntegerToFloat, DynamicQuantizeMatMul); U8S8, activations unsigned with a zero point of each run, weights signed and symmetric. Static: QDQ,
/// fused to MatMulIntegerToFloat; U8S8 too, for where one signed input feeds several products, as an attention's three, the runtime fuses none of them. Weights alone: DequantizeLinear before the product.
/// </summary>
internal sealed class ProductRewrite(GraphRewrite graph, QuantizationOptions options, bool perChannel)
{
    // What an input is called as integers, by its name.
    private readonly Dictionary<string, string> quantizedInputs = new(StringComparer.Ordinal);

    public void Apply(NodeProto node, TensorProto tensor, float[] weights)
    {
        var isGemm = node.OpType == "Gemm";
        var (rows, columns) = ((int)tensor.Dims[0], (int)tensor.Dims[1]);
        if (isGemm && node.Integer("transB", 0) != 0)
        {
            weights = Transposed(weights, rows, columns);
            (rows, columns) = (columns, rows);
        }

        var alpha = isGemm ? node.Number("alpha", 1) : 1;
        weights = alpha == 1 ? weights : Array.ConvertAll(weights, weight => weight * alpha);
        var quantized = QuantizedMatrix.Of(weights, columns, perChannel, options.SevenBits && options.Mode != QuantizationMode.WeightOnly ? 64 : 127);
        var stem = graph.Fresh($"{node.Output[0]}_int8");
        graph.Constant(TensorFloats.Write($"{stem}_weights", quantized.Values, rows, columns));
        graph.Constant(TensorFloats.Write($"{stem}_scale", quantized.Scales, Axis(columns)));
        graph.Constant(TensorFloats.Write($"{stem}_zero", perChannel ? new sbyte[columns] : new sbyte[1], Axis(columns)));
        var hasBias = isGemm && node.Input.Count > 2 && node.Input[2].Length > 0;
        var output = hasBias ? $"{stem}_product" : node.Output[0];
        switch (options.Mode)
        {
            case QuantizationMode.Dynamic:
                Integers(node.Input[0], stem, output);
                break;
            case QuantizationMode.Static:
                graph.Add("MatMul", [Known(node.Input[0], stem), Floats(stem)], output);
                break;
            default:
                graph.Add("MatMul", [node.Input[0], Floats(stem)], output);
                break;
        }

        if (hasBias)
        {
            Bias(node, output, stem);
        }
    }

    private long[] Axis(int columns) => perChannel ? [columns] : [];

    private string Floats(string stem)
    {
        var dequantize = graph.Add("DequantizeLinear", [$"{stem}_weights", $"{stem}_scale", $"{stem}_zero"], $"{stem}_float");
        if (perChannel)
        {
            dequantize.Set("axis", 1);
        }

        return dequantize.Output[0];
    }

    private void Integers(string input, string stem, string output)
    {
        if (!quantizedInputs.TryGetValue(input, out var quantized))
        {
            quantized = quantizedInputs[input] = graph.Fresh($"{input}_uint8");
            graph.Add("DynamicQuantizeLinear", [input], quantized, $"{quantized}_scale", $"{quantized}_zero");
        }

        graph.Add("MatMulInteger", [quantized, $"{stem}_weights", $"{quantized}_zero", $"{stem}_zero"], $"{stem}_sums");
        graph.Add("Cast", [$"{stem}_sums"], $"{stem}_cast").Set("to", (long)DataType.Float);
        graph.Add("Mul", [$"{quantized}_scale", $"{stem}_scale"], $"{stem}_scales");
        graph.Add("Mul", [$"{stem}_cast", $"{stem}_scales"], output);
    }

    // Each product reads a dequantized copy of its own: that is what the runtime looks for.
    private string Known(string input, string stem)
    {
        if (!quantizedInputs.TryGetValue(input, out var quantized))
        {
            quantized = quantizedInputs[input] = graph.Fresh($"{input}_u8");
            var (least, most) = (Math.Min(0, options.Ranges[input].Least), Math.Max(0, options.Ranges[input].Most));
            var scale = most > least ? (most - least) / 255 : 1;
            var zero = (byte)Math.Clamp(MathF.Round(-least / scale), 0, 255);
            graph.Constant(TensorFloats.Write($"{quantized}_scale", [scale]));
            graph.Constant(TensorFloats.Write($"{quantized}_zero", [zero]));
            graph.Add("QuantizeLinear", [input, $"{quantized}_scale", $"{quantized}_zero"], quantized);
        }

        return graph.Add("DequantizeLinear", [quantized, $"{quantized}_scale", $"{quantized}_zero"], $"{stem}_input").Output[0];
    }

    private void Bias(NodeProto node, string product, string stem)
    {
        var bias = node.Input[2];
        var beta = node.Number("beta", 1);
        if (beta != 1)
        {
            graph.Constant(TensorFloats.Write($"{stem}_beta", [beta]));
            graph.Add("Mul", [bias, $"{stem}_beta"], $"{stem}_bias");
            bias = $"{stem}_bias";
        }

        graph.Add("Add", [product, bias], node.Output[0]);
    }

    private static float[] Transposed(float[] weights, int rows, int columns)
    {
        var result = new float[weights.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                result[(column * rows) + row] = weights[(row * columns) + column];
            }
        }

        return result;
    }
}
