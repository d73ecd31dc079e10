using ModelTool.Training.Fitting;
using Samples.Training;
using Scoring.Onnx;

namespace Samples.Shapes;

/// <summary>
/// Which ways the edges of a picture run: the share of each of twelve directions. A fixed convolution measures at each pixel how fast the brightness rises in each direction; only the
/// direction of the steepest rise counts, with at most one beside it. Computed here in double arithmetic, and by the graph in float32.
/// </summary>
public static class EdgeDirections
{
    /// <summary>Directions, thirty degrees apart.</summary>
    public const int Count = 12;

    /// <summary>Pixels of a picture along a side.</summary>
    public const int Side = 32;

    private const int Reach = 2;
    private const int Width = (2 * Reach) + 1;
    private const int Inner = Side - (2 * Reach);

    // Of the steepest rise, what another direction must reach to count beside it; what is too faint to count; what keeps an empty picture from a division by zero.
    private const float Rival = 0.93f;
    private const float Faint = 0.01f;
    private const float Empty = 1e-4f;

    // The axis of the twelve directions, as ReduceMax takes it.
    private static readonly long[] Channels = [1];

    private static readonly double[] Brightness = [0.299, 0.587, 0.114];

    // Cosines of 0, 30, …, 330 degrees.
    private static readonly double[] Cosines = [1, Math.Sqrt(3) / 2, 0.5, 0, -0.5, -Math.Sqrt(3) / 2, -1, -Math.Sqrt(3) / 2, -0.5, 0, 0.5, Math.Sqrt(3) / 2];

    /// <summary>float32 [<see cref="Count"/>, 3, 5, 5]: derivatives of a Gaussian, of which a step from black to white gives 1.</summary>
    public static float[] Weights { get; } = MakeWeights();

    /// <summary>The shares of a picture of <see cref="Side"/> × <see cref="Side"/> pixels: red, green and blue, row by row.</summary>
    public static double[] Of(byte[] pixels)
    {
        var shares = new double[Count];
        var rises = new double[Count];
        for (var pixel = 0; pixel < Inner * Inner; pixel++)
        {
            var steepest = double.NegativeInfinity;
            for (var direction = 0; direction < Count; direction++)
            {
                rises[direction] = Rise(pixels, pixel % Inner, pixel / Inner, direction);
                steepest = Math.Max(steepest, rises[direction]);
            }

            for (var direction = 0; direction < Count; direction++)
            {
                shares[direction] += Math.Max(0, rises[direction] - (Rival * steepest) - Faint) / (Inner * Inner);
            }
        }

        var sum = Empty + shares.Sum();
        return [.. shares.Select(share => share / sum)];
    }

    /// <summary>Appends the same to a graph: <c>image</c> float32 [rows, 3, 32, 32] of 0 to 1 becomes <c>directions</c> float32 [rows, 12].</summary>
    public static OnnxGraph AddTo(OnnxGraph graph) => graph
        .Input("image", TensorProto.Types.DataType.Float, "rows", 3, Side, Side)
        .Constant("edges", Weights, Count, 3, Width, Width)
        .Constant("rival", [Rival], 1)
        .Constant("faint", [Faint], 1)
        .Constant("empty", [Empty], 1)
        .Constant("last", [1L], 1)
        .Node("Conv", ["image", "edges"], "rises")
        .Node("ReduceMax", ["rises"], "steepest", ("axes", Channels), ("keepdims", 1L))
        .Node("Mul", ["steepest", "rival"], "near")
        .Node("Sub", ["rises", "near"], "above")
        .Node("Sub", ["above", "faint"], "plain")
        .Node("Relu", ["plain"], "counted")
        .Node("GlobalAveragePool", ["counted"], "means")
        .Node("Flatten", ["means"], "strengths", ("axis", 1L))
        .Node("ReduceSum", ["strengths", "last"], "total", ("keepdims", 1L))
        .Node("Add", ["total", "empty"], "whole")
        .Node("Div", ["strengths", "whole"], "directions");

    private static double Rise(byte[] pixels, int left, int top, int direction)
    {
        var rise = 0.0;
        for (var tap = 0; tap < Width * Width; tap++)
        {
            var pixel = (((top + (tap / Width)) * Side) + left + (tap % Width)) * 3;
            for (var channel = 0; channel < 3; channel++)
            {
                rise += Weights[(((direction * 3) + channel) * Width * Width) + tap] * (pixels[pixel + channel] / 255.0);
            }
        }

        return rise;
    }

    private static float[] MakeWeights()
    {
        // What a step gives in the first direction: the weights on its bright side.
        var step = Enumerable.Range(0, Width * Width).Select(tap => Slope(tap, 0)).Where(weight => weight > 0).Sum();
        return
        [
            .. from direction in Enumerable.Range(0, Count)
               from channel in Enumerable.Range(0, 3)
               from tap in Enumerable.Range(0, Width * Width)
               select (float)(Brightness[channel] * Slope(tap, direction) / step),
        ];
    }

    private static double Slope(int tap, int direction)
    {
        var (x, y) = ((tap % Width) - Reach, (tap / Width) - Reach);
        var along = (x * Cosines[direction]) + (y * Cosines[(direction + 9) % Count]);
        return along * PortableMath.Exp(-((x * x) + (y * y)) / 2.0);
    }
}
