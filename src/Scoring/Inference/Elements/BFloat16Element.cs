using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Scoring.Inference.Elements;

/// <summary>bfloat16: the upper half of a float32, rounded to nearest even.</summary>
internal readonly struct BFloat16Element : IElement<BFloat16>
{
    public static TensorElementType Type => TensorElementType.BFloat16;

    public static string Expected => "a finite number";

    public static bool TryRead(ref Utf8JsonReader reader, out BFloat16 value)
        => TryConvert(FloatElement<float>.TryRead(ref reader, out var number), number, out value);

    public static bool TryParse(ReadOnlySpan<byte> text, out BFloat16 value)
        => TryConvert(FloatElement<float>.TryParse(text, out var number), number, out value);

    public static bool TryConvert(double number, out BFloat16 value) => TryConvert(true, (float)number, out value);

    public static bool TryConvert(long number, out BFloat16 value) => TryConvert(true, number, out value);

    public static BFloat16 FromDouble(double value) => (BFloat16)(float)value;

    public static double ToDouble(BFloat16 value) => (float)value;

    public static void Write(Utf8JsonWriter writer, BFloat16 value) => FloatElement<float>.Write(writer, (float)value);

    private static bool TryConvert(bool read, float number, out BFloat16 value)
    {
        value = (BFloat16)number;
        return read && float.IsFinite((float)value);
    }
}
