using System.Buffers;
using System.Text.Json;

namespace Scoring.Http.Shadowing;

/// <summary>Compares what two versions answer to one request.</summary>
internal static class AnswerComparison
{
    // Numbers of answers without labels agree where they are as near as this share of the larger one: two trainings of one model are never equal to the last digit.
    private const double Near = 0.01;

    /// <summary>Whether any prediction is another label, set of labels or number, and how far the numbers are apart in the mean.</summary>
    public static (bool IsDifferent, double Difference) Of(ReadOnlyMemory<byte> one, in ReadOnlySequence<byte> other)
    {
        using var first = JsonDocument.Parse(one);
        using var second = JsonDocument.Parse(other);
        var (isDifferent, sum, count) = (false, 0.0, 0);
        var pairs = first.RootElement.GetProperty("predictions").EnumerateArray().Zip(second.RootElement.GetProperty("predictions").EnumerateArray());
        foreach (var (left, right) in pairs)
        {
            isDifferent |= Differs(left, right);
            foreach (var difference in Differences(left, right))
            {
                sum += difference;
                count++;
            }
        }

        return (isDifferent, count == 0 ? 0 : sum / count);
    }

    private static bool Differs(JsonElement left, JsonElement right)
    {
        foreach (var name in (string[])["label", "labels"])
        {
            if (left.TryGetProperty(name, out var one))
            {
                return !right.TryGetProperty(name, out var other) || !JsonElement.DeepEquals(one, other);
            }
        }

        return !left.TryGetProperty("value", out var value) || !right.TryGetProperty("value", out var theirs)
            ? !JsonElement.DeepEquals(left, right)
            : value.ValueKind != JsonValueKind.Number || theirs.ValueKind != JsonValueKind.Number
                ? !JsonElement.DeepEquals(value, theirs)
                : Math.Abs(value.GetDouble() - theirs.GetDouble()) > Near * Math.Max(Math.Abs(value.GetDouble()), Math.Abs(theirs.GetDouble()));
    }

    // Of probabilities by label, or of the value.
    private static IEnumerable<double> Differences(JsonElement left, JsonElement right)
    {
        if (left.TryGetProperty("probabilities", out var mine) && right.TryGetProperty("probabilities", out var theirs))
        {
            return mine.EnumerateObject()
                .Where(entry => entry.Value.ValueKind == JsonValueKind.Number && theirs.TryGetProperty(entry.Name, out var other) && other.ValueKind == JsonValueKind.Number)
                .Select(entry => Math.Abs(entry.Value.GetDouble() - theirs.GetProperty(entry.Name).GetDouble()));
        }

        return left.TryGetProperty("value", out var value) && right.TryGetProperty("value", out var other) && value.ValueKind == JsonValueKind.Number && other.ValueKind == JsonValueKind.Number
            ? [Math.Abs(value.GetDouble() - other.GetDouble())]
            : [];
    }
}
