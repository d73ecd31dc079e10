using System.Buffers.Text;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Scoring.Inference.Elements;

/// <summary>Booleans, one byte each.</summary>
internal readonly struct BoolElement : IElement<bool>
{
    public static TensorElementType Type => TensorElementType.Bool;

    public static string Expected => "true or false";

    public static bool TryRead(ref Utf8JsonReader reader, out bool value)
    {
        value = reader.TokenType == JsonTokenType.True;
        return value || reader.TokenType == JsonTokenType.False;
    }

    public static bool TryParse(ReadOnlySpan<byte> text, out bool value)
    {
        switch (text)
        {
            case [(byte)'1']:
                value = true;
                return true;
            case [(byte)'0']:
                value = false;
                return true;
            default:
                return Utf8Parser.TryParse(text, out value, out var consumed) && consumed == text.Length;
        }
    }

    public static bool TryConvert(double number, out bool value) => TryConvert(number == 1 ? 1L : number == 0 ? 0L : -1L, out value);

    public static bool TryConvert(long number, out bool value)
    {
        value = number == 1;
        return number is 0 or 1;
    }

    public static bool FromDouble(double value) => value != 0;

    public static double ToDouble(bool value) => value ? 1 : 0;

    public static void Write(Utf8JsonWriter writer, bool value) => writer.WriteBooleanValue(value);
}
