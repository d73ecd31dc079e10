using System.Globalization;
using System.Text.Json;

namespace Scoring.Serving.Probing;

/// <summary>Compares a prediction with what a golden case promises.</summary>
public static class GoldenComparison
{
    /// <summary>The first difference, as where, found and expected; null when there is none. Properties that the expectation leaves out are not compared.</summary>
    /// <param name="expected">What must be found.</param>
    /// <param name="actual">The prediction.</param>
    /// <param name="tolerance">Largest absolute difference of two numbers.</param>
    /// <param name="pointer">JSON pointer of both.</param>
    public static string? Difference(JsonElement expected, JsonElement actual, double tolerance, string pointer = "") => expected.ValueKind switch
    {
        JsonValueKind.Object when actual.ValueKind == JsonValueKind.Object => OfObjects(expected, actual, tolerance, pointer),
        JsonValueKind.Array when actual.ValueKind == JsonValueKind.Array => OfArrays(expected, actual, tolerance, pointer),
        JsonValueKind.Number when actual.ValueKind == JsonValueKind.Number => OfNumbers(expected, actual, tolerance, pointer),
        JsonValueKind.String when actual.ValueKind == JsonValueKind.String => expected.GetString() == actual.GetString() ? null : Mismatch(expected, actual, pointer),
        _ => expected.ValueKind == actual.ValueKind && expected.ValueKind is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null
            ? null
            : Mismatch(expected, actual, pointer),
    };

    private static string? OfObjects(JsonElement expected, JsonElement actual, double tolerance, string pointer)
    {
        foreach (var property in expected.EnumerateObject())
        {
            var where = $"{pointer}/{property.Name}";
            if (!actual.TryGetProperty(property.Name, out var value))
            {
                return $"{where}: found nothing, expected {property.Value.GetRawText()}";
            }

            if (Difference(property.Value, value, tolerance, where) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private static string? OfArrays(JsonElement expected, JsonElement actual, double tolerance, string pointer)
    {
        if (expected.GetArrayLength() != actual.GetArrayLength())
        {
            return $"{pointer}: found {actual.GetArrayLength()} items, expected {expected.GetArrayLength()}";
        }

        for (var index = 0; index < expected.GetArrayLength(); index++)
        {
            if (Difference(expected[index], actual[index], tolerance, $"{pointer}/{index.ToString(CultureInfo.InvariantCulture)}") is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    // Written so that NaN on either side is a difference.
    private static string? OfNumbers(JsonElement expected, JsonElement actual, double tolerance, string pointer) =>
        Math.Abs(expected.GetDouble() - actual.GetDouble()) <= tolerance ? null : $"{Mismatch(expected, actual, pointer)} within {tolerance.ToString(CultureInfo.InvariantCulture)}";

    private static string Mismatch(JsonElement expected, JsonElement actual, string pointer) =>
        $"{(pointer.Length == 0 ? "/" : pointer)}: found {actual.GetRawText()}, expected {expected.GetRawText()}";
}
