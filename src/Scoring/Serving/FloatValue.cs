using System.Text.Json;
using Scoring.Inference.Elements;

namespace Scoring.Serving;

/// <summary>float32 values in JSON.</summary>
internal static class FloatValue
{
    /// <summary>Writes the shortest number that reads back to the same float32; NaN and infinities as the strings <c>NaN</c>, <c>Infinity</c>, <c>-Infinity</c>.</summary>
    public static void Write(Utf8JsonWriter writer, float value) => FloatElement<float>.Write(writer, value);
}
