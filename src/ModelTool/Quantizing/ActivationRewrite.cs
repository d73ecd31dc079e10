using ModelTool.Models;

namespace ModelTool.Quantizing;

/// <summary>Values of a run as unsigned 8-bit integers, by the ranges that rows showed. Each reader has a dequantized copy of its own: that is what the runtime looks for.</summary>
internal sealed class ActivationRewrite(GraphRewrite graph, QuantizationOptions options)
{
    // What a value is called as integers, by its name.
    private readonly Dictionary<string, string> integers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, float> scales = new(StringComparer.Ordinal);

    // Whose constants a value uses that has not its own.
    private readonly Dictionary<string, (string Scale, string Zero)> shared = new(StringComparer.Ordinal);

    /// <summary>True where a value's range is known.</summary>
    public bool IsKnown(string value) => options.Ranges?.ContainsKey(value) != false;

    /// <summary>Scale of a value that was read or written as integers.</summary>
    public float ScaleOf(string value) => scales[integers[value]];

    /// <summary>A copy of a value that went through integers.</summary>
    /// <param name="value">Its range is known.</param>
    /// <param name="stem">Of the copy's name.</param>
    public string Read(string value, string stem)
    {
        if (!integers.TryGetValue(value, out var quantized))
        {
            quantized = Quantize(value, value);
        }

        return graph.Linear("DequantizeLinear", [quantized, Scale(quantized), Zero(quantized)], $"{stem}_input");
    }

    /// <summary>Puts a value into integers where it is made; who reads it as float32 gets it back from them.</summary>
    /// <param name="made">What the operator gives.</param>
    /// <param name="value">The name that others read.</param>
    /// <param name="like">A value whose scale it has to share; null for one of its own.</param>
    public void Write(string made, string value, string? like)
    {
        var quantized = like is null ? Quantize(made, value) : Share(made, value, integers[like]);
        graph.Linear("DequantizeLinear", [quantized, Scale(quantized), Zero(quantized)], value);
    }

    private string Quantize(string from, string value)
    {
        var quantized = integers[value] = graph.Fresh($"{value}_u8");
        var range = options.Ranges?[value] ?? new InputRange(-1, 1);
        var (min, max) = (Math.Min(0, range.Min), Math.Max(0, range.Max));
        var scale = max > min ? (max - min) / byte.MaxValue : 1;
        scales[quantized] = scale;
        graph.Constant(TensorFloats.Write($"{quantized}_scale", [scale]));
        graph.Constant(TensorFloats.Write($"{quantized}_zero", [(byte)Math.Clamp(MathF.Round(-min / scale), 0, byte.MaxValue)]));
        return graph.Linear("QuantizeLinear", [from, $"{quantized}_scale", $"{quantized}_zero"], quantized);
    }

    private string Share(string made, string value, string like)
    {
        var quantized = integers[value] = graph.Fresh($"{value}_u8");
        var (scale, zero) = (Scale(like), Zero(like));
        shared[quantized] = (scale, zero);
        scales[quantized] = scales[like];
        return graph.Linear("QuantizeLinear", [made, scale, zero], quantized);
    }

    private string Scale(string quantized) => shared.TryGetValue(quantized, out var names) ? names.Scale : $"{quantized}_scale";

    private string Zero(string quantized) => shared.TryGetValue(quantized, out var names) ? names.Zero : $"{quantized}_zero";
}
