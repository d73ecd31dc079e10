using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Scoring.Inference.Elements;

/// <summary>float32, float64 and float16: each parsed at its own precision, so that no value is rounded twice.</summary>
internal readonly struct FloatElement<T> : IElement<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static TensorElementType Type =>
        typeof(T) == typeof(float) ? TensorElementType.Float : typeof(T) == typeof(double) ? TensorElementType.Double : TensorElementType.Float16;

    public static string Expected => "a finite number";

    public static bool TryRead(ref Utf8JsonReader reader, out T value)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return TryParse(reader.ValueSpan, out value);
        }

        value = default;
        return false;
    }

    public static bool TryParse(ReadOnlySpan<byte> text, out T value)
    {
        if (TryParseDigits(text, out value))
        {
            return true;
        }

        return T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && T.IsFinite(value);
    }

    public static bool TryConvert(double number, out T value)
    {
        value = T.CreateSaturating(number);
        return T.IsFinite(value);
    }

    public static bool TryConvert(long number, out T value)
    {
        value = T.CreateSaturating(number);
        return T.IsFinite(value);
    }

    public static T FromDouble(double value) => T.CreateSaturating(value);

    public static double ToDouble(T value) => double.CreateSaturating(value);

    public static void Write(Utf8JsonWriter writer, T value)
    {
        if (!T.IsFinite(value))
        {
            writer.WriteStringValue(T.IsNaN(value) ? "NaN"u8 : T.IsPositive(value) ? "Infinity"u8 : "-Infinity"u8);
        }
        else if (T.IsZero(value) && T.IsNegative(value))
        {
            // Without a point, many readers make a whole number of it, which has no sign.
            writer.WriteRawValue("-0.0"u8, skipInputValidation: true);
        }
        else if (typeof(T) == typeof(double))
        {
            writer.WriteNumberValue(double.CreateTruncating(value));
        }
        else
        {
            writer.WriteNumberValue(float.CreateTruncating(value));
        }
    }

    // Most features are small whole numbers: exact in every one of these types up to 2048 (float16), and an order of magnitude quicker than the full grammar.
    private static bool TryParseDigits(ReadOnlySpan<byte> text, out T value)
    {
        if (text.Length is > 0 and <= 3)
        {
            var number = 0;
            foreach (var digit in text)
            {
                if ((uint)(digit - '0') > 9)
                {
                    value = default;
                    return false;
                }

                number = (number * 10) + digit - '0';
            }

            value = T.CreateTruncating(number);
            return true;
        }

        value = default;
        return false;
    }
}
