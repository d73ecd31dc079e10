using System.Text.Json;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Scoring.Inference.Elements;

/// <summary>How one tensor element type is read from JSON and text and written to JSON, with no detour through another type.</summary>
/// <typeparam name="T">The unmanaged type whose memory layout is the tensor's.</typeparam>
internal interface IElement<T>
    where T : unmanaged
{
    /// <summary>The tensor element type.</summary>
    static abstract TensorElementType Type { get; }

    /// <summary>What a JSON value must be, for messages.</summary>
    static abstract string Expected { get; }

    /// <summary>Reads the current token; false when it is of another type, out of range or not finite.</summary>
    static abstract bool TryRead(ref Utf8JsonReader reader, out T value);

    /// <summary>Reads UTF-8 text such as a CSV field.</summary>
    static abstract bool TryParse(ReadOnlySpan<byte> text, out T value);

    /// <summary>Takes a number at its own precision; false when it is out of range or not finite.</summary>
    static abstract bool TryConvert(double number, out T value);

    /// <summary>Takes a whole number; false when it is out of range.</summary>
    static abstract bool TryConvert(long number, out T value);

    /// <summary>Converts a number; used for indicators, bounds and defaults.</summary>
    static abstract T FromDouble(double value);

    /// <summary>The value for comparison with bounds.</summary>
    static abstract double ToDouble(T value);

    /// <summary>Writes the shortest JSON that reads back to the same value. NaN and infinities become the strings <c>NaN</c>, <c>Infinity</c>, <c>-Infinity</c>.</summary>
    static abstract void Write(Utf8JsonWriter writer, T value);
}
