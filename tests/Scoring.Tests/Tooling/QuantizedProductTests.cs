using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using ModelTool.Models;
using ModelTool.Quantizing;
using Scoring.Inference;

namespace Scoring.Tests.Tooling;

/// <summary>Quantized products, run by ONNX Runtime, beside the same integers multiplied here.</summary>
public sealed class QuantizedProductTests
{
    // Products of integers are exact; scales multiply in float32, in another order.
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData("MatMul", 1, 1, 1, true)]
    [InlineData("MatMul", 3, 17, 5, true)]
    [InlineData("MatMul", 7, 64, 33, false)]
    [InlineData("Gemm", 5, 31, 9, true)]
    [InlineData("Gemm", 2, 129, 16, false)]
    public void Rewrite_RandomProduct_AgreesWithTheIntegersMultipliedHere(string type, int rows, int inner, int columns, bool perChannel)
    {
        var random = new Random(rows + inner + columns);
        var weights = ProductModel.Values(random, inner * columns);
        var input = ProductModel.Values(random, rows * inner);

        // A column of zeros, and one outlier.
        for (var row = 0; row < inner; row++)
        {
            weights[row * columns] = 0;
        }

        weights[^1] = 40;
        var model = ProductModel.Of(type, weights, inner, columns);

        var plan = ModelQuantizer.Rewrite(model, new QuantizationOptions(QuantizationMode.Dynamic, perChannel, SevenBits: true, []));

        Assert.Equal(1, plan.Products);
        var expected = Expected(input, weights, rows, inner, columns, perChannel);
        var largest = expected.Max(Math.Abs);
        var found = ProductModel.Run(model, input, rows, inner);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, Tolerance * Math.Max(1, largest)));
    }

    [Fact]
    public void Rewrite_Product_IsFusedToOneOperatorByTheRuntime()
    {
        var random = new Random(1);
        var model = ProductModel.Of("MatMul", ProductModel.Values(random, 64 * 32), 64, 32);
        ModelQuantizer.Rewrite(model, new QuantizationOptions(QuantizationMode.Dynamic, true, false, []));
        using var folder = new TestCommon.TemporaryFolder();
        using var options = new SessionOptions { OptimizedModelFilePath = folder.PathTo("optimised.onnx"), LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        NativeRuntime.EnsureReady();

        using (new InferenceSession(model.ToByteArray(), options))
        {
        }

        Assert.Equal(["DynamicQuantizeMatMul"], ModelFile.AllNodes(ModelFile.Read(folder.PathTo("optimised.onnx")).Graph).Select(node => node.OpType));
    }

    [Fact]
    public void Rewrite_ExcludedProduct_StaysAsItIs()
    {
        var model = ProductModel.Of("MatMul", ProductModel.Values(new Random(2), 8), 4, 2);
        var before = model.Clone();

        var plan = ModelQuantizer.Rewrite(model, new QuantizationOptions(QuantizationMode.Dynamic, true, false, ["y"]));

        Assert.Equal((0, "y: excluded"), (plan.Products, Assert.Single(plan.Left)));
        Assert.Equal(before, model);
    }

    private static double[] Expected(float[] input, float[] weights, int rows, int inner, int columns, bool perChannel)
    {
        // DynamicQuantizeLinear of the ONNX specification: 0 belongs to the range.
        var (min, max) = (Math.Min(0, input.Min()), Math.Max(0, input.Max()));
        var scale = (max - min) / 255;
        var zero = scale == 0 ? 0 : (int)MathF.Round(Math.Clamp(-min / scale, 0, 255));
        var activations = input.Select(value => Math.Clamp((int)MathF.Round(value / scale) + zero, 0, 255) - zero).ToArray();
        var matrix = QuantizedMatrix.Of(weights, columns, perChannel, 64);
        var result = new double[rows * columns];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var sum = 0L;
                for (var k = 0; k < inner; k++)
                {
                    sum += activations[(row * inner) + k] * matrix.Values[(k * columns) + column];
                }

                result[(row * columns) + column] = sum * (double)scale * matrix.Scales[perChannel ? column : 0];
            }
        }

        return result;
    }
}
