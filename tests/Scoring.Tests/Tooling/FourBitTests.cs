using ModelTool.Quantizing;

namespace Scoring.Tests.Tooling;

/// <summary>Matrices in 4 bits and constants in float16, run by ONNX Runtime, beside the same numbers multiplied here.</summary>
public sealed class FourBitTests
{
    // MatMulNBits rounds its input to INT8 by blocks: a 254th of the greatest of each, over sums of hundreds of products of numbers up to 1.
    private const double Tolerance = 0.15;

    // float16 constants are exact once rounded; float32 sums differ in their order.
    private const double HalfTolerance = 1e-4;

    [Theory]
    [InlineData("MatMul", 64, 5, true)]
    [InlineData("MatMul", 300, 33, false)]
    [InlineData("Gemm", 256, 16, true)]
    public void Rewrite_FourBits_AgreesWithItsOwnNumbersMultipliedHere(string type, int inner, int columns, bool isNarrow)
    {
        var random = new Random(inner);
        var (weights, input) = (ProductModel.Values(random, inner * columns), ProductModel.Values(random, 3 * inner));
        var model = ProductModel.Of(type, weights, inner, columns);
        var mode = isNarrow ? QuantizationMode.FourBit32 : QuantizationMode.FourBit128;

        var plan = ModelQuantizer.Rewrite(model, new QuantizationOptions(mode, true, false, []));

        Assert.Equal(1, plan.Products);
        var numbers = Numbers(FourBitMatrix.Of(weights, inner, columns, mode.Block()), inner, columns, mode.Block());
        Assert.All(weights.Zip(numbers), pair => Assert.Equal(pair.First, pair.Second, 1.01 / 15));
        var found = ProductModel.Run(model, input, 3, inner);
        for (var index = 0; index < found.Length; index++)
        {
            var (row, column) = (index / columns, index % columns);
            Assert.Equal(Enumerable.Range(0, inner).Sum(k => (double)input[(row * inner) + k] * numbers[(k * columns) + column]), found[index], Tolerance);
        }
    }

    [Fact]
    public void Rewrite_Float16_MultipliesTheRoundedNumbersAndHalvesTheBytes()
    {
        const int Width = 64;
        var random = new Random(21);
        var (weights, input) = (ProductModel.Values(random, Width * Width), ProductModel.Values(random, Width));
        var model = ProductModel.Of("MatMul", weights, Width, Width);
        var before = model.CalculateSize();

        var plan = ModelQuantizer.Rewrite(model, new QuantizationOptions(QuantizationMode.Float16, true, false, []));

        Assert.Equal(1, plan.Halves);
        Assert.InRange((double)model.CalculateSize() / before, 0.5, 0.52);
        var found = ProductModel.Run(model, input, 1, Width);
        for (var column = 0; column < Width; column++)
        {
            Assert.Equal(Enumerable.Range(0, Width).Sum(k => (double)input[k] * (double)(Half)weights[(k * Width) + column]), found[column], HalfTolerance);
        }
    }

    [Fact]
    public void Rewrite_Float16_LeavesWhatItCannotHold()
    {
        var weights = ProductModel.Values(new Random(22), 32 * 32);
        weights[5] = 1e6f;
        var model = ProductModel.Of("MatMul", weights, 32, 32);

        var plan = ModelQuantizer.Rewrite(model, new QuantizationOptions(QuantizationMode.Float16, true, false, []));

        Assert.Equal((0, "y: its weights are beyond what float16 holds"), (plan.Halves, Assert.Single(plan.Left)));
    }

    private static float[] Numbers(FourBitMatrix matrix, int rows, int columns, int block)
    {
        var blocks = (rows + block - 1) / block;
        var numbers = new float[rows * columns];
        for (var index = 0; index < numbers.Length; index++)
        {
            var (row, column) = (index / columns, index % columns);
            var place = (column * blocks * block) + row;
            var value = (matrix.Values[place / 2] >> (place % 2 * 4)) & 15;
            var zero = (matrix.Zeros[(column * ((blocks + 1) / 2)) + (row / block / 2)] >> (row / block % 2 * 4)) & 15;
            numbers[index] = matrix.Scales[(column * blocks) + (row / block)] * (value - zero);
        }

        return numbers;
    }
}
