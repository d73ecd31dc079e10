using ModelTool.Models;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Quantizing;

/// <summary>
/// Matrix products as INT8. Dynamic: DynamicQuantizeLinear → MatMulInteger → Cast → Mul by both scales, the pattern that ONNX Runtime fuses at load
/// (MatMulIntegerToFloat, DynamicQuantizeMatMul); U8S8, activations unsigned with a zero point of each run, weights signed and symmetric. Static: QDQ,
/// fused to MatMulIntegerToFloat; U8S8 too, for where one signed input feeds several products, as an attention's three, the runtime fuses none of them. Weights alone: DequantizeLinear before the product, or MatMulNBits.
/// </summary>
internal sealed class ProductRewrite(GraphRewrite graph, QuantizationOptions options, ActivationRewrite activations)
{
    // MatMulNBits rounds its input to INT8 by blocks and multiplies integers: several times as fast as float32 sums on processors without float16, and closer to float32 than its weights are.
    private const long IntegerSums = 4;

    private readonly bool perChannel = options.PerChannel;

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
        var hasBias = isGemm && node.Input.Count > 2 && node.Input[2].Length > 0;
        if (options.Mode.Block() > 0)
        {
            FourBits(node, weights, rows, columns, hasBias);
            return;
        }

        var quantized = QuantizedMatrix.Of(weights, columns, perChannel, options.SevenBits && options.Mode != QuantizationMode.WeightOnly ? 64 : 127);
        var stem = graph.Fresh($"{node.Output[0]}_int8");
        graph.Constant(TensorFloats.Write($"{stem}_weights", quantized.Values, rows, columns));
        graph.Constant(TensorFloats.Write($"{stem}_scale", quantized.Scales, Axis(columns)));
        graph.Constant(TensorFloats.Write($"{stem}_zero", perChannel ? new sbyte[columns] : new sbyte[1], Axis(columns)));
        var output = hasBias ? $"{stem}_product" : node.Output[0];
        switch (options.Mode)
        {
            case QuantizationMode.Dynamic:
                Integers(node.Input[0], stem, output);
                break;
            case QuantizationMode.Static:
                graph.Add("MatMul", [activations.Read(node.Input[0], stem), Floats(stem)], output);
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

    private string Floats(string stem) => graph.Linear("DequantizeLinear", [$"{stem}_weights", $"{stem}_scale", $"{stem}_zero"], $"{stem}_float", perChannel ? 1 : null);

    private void FourBits(NodeProto node, float[] weights, int rows, int columns, bool hasBias)
    {
        var block = options.Mode.Block();
        var matrix = FourBitMatrix.Of(weights, rows, columns, block);
        var blocks = (rows + block - 1) / block;
        var stem = graph.Fresh($"{node.Output[0]}_int4");
        graph.Constant(TensorFloats.Write($"{stem}_weights", matrix.Values, columns, blocks, block / 2));
        graph.Constant(TensorFloats.Write($"{stem}_scale", matrix.Scales, columns * blocks));
        graph.Constant(TensorFloats.Write($"{stem}_zero", matrix.Zeros, matrix.Zeros.Length));
        var output = hasBias ? $"{stem}_product" : node.Output[0];
        var product = graph.AddOfRuntime("MatMulNBits", [node.Input[0], $"{stem}_weights", $"{stem}_scale", $"{stem}_zero"], output);
        product.Set("K", rows);
        product.Set("N", columns);
        product.Set("bits", 4);
        product.Set("block_size", block);
        product.Set("accuracy_level", IntegerSums);
        if (hasBias)
        {
            Bias(node, output, stem);
        }
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
