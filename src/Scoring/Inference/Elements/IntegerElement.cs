using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Scoring.Inference.Elements;

/// <summary>Signed and unsigned integers of 8 to 64 bits, to their full range and exactly. A whole number written as <c>3.0</c> or <c>3e2</c> is one too.</summary>
internal readonly struct IntegerElement<T> : IElement<T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    public static TensorElementType Type =>
        typeof(T) == typeof(long) ? TensorElementType.Int64
        : typeof(T) == typeof(int) ? TensorElementType.Int32
        : typeof(T) == typeof(short) ? TensorElementType.Int16
        : typeof(T) == typeof(sbyte) ? TensorElementType.Int8
        : typeof(T) == typeof(ulong) ? TensorElementType.UInt64
        : typeof(T) == typeof(uint) ? TensorElementType.UInt32
        : typeof(T) == typeof(ushort) ? TensorElementType.UInt16
        : TensorElementType.UInt8;

    public static string Expected => $"a whole number from {T.MinValue} to {T.MaxValue}";

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
        if (T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            return true;
        }

        // Decimal holds every 64-bit integer exactly.
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && decimal.IsInteger(number)
            && number >= decimal.CreateSaturating(T.MinValue)
            && number <= decimal.CreateSaturating(T.MaxValue))
        {
            value = T.CreateTruncating(number);
            return true;
        }

        value = default;
        return false;
    }

    public static bool TryConvert(double number, out T value)
    {
        // One more than the largest is a double for every width; the largest of 64 bits itself is none.
        value = T.CreateSaturating(number);
        return double.IsInteger(number) && number >= double.CreateSaturating(T.MinValue) && number < double.CreateSaturating(T.MaxValue) + 1;
    }

    public static bool TryConvert(long number, out T value)
    {
        value = T.CreateSaturating(number);
        return Int128.CreateSaturating(value) == number;
    }

    public static T FromDouble(double value) => T.CreateSaturating(value);

    public static double ToDouble(T value) => double.CreateSaturating(value);

    public static void Write(Utf8JsonWriter writer, T value)
    {
        if (typeof(T) == typeof(ulong))
        {
            writer.WriteNumberValue(ulong.CreateTruncating(value));
        }
        else
        {
            writer.WriteNumberValue(long.CreateTruncating(value));
        }
    }
}
