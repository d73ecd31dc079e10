using System.Globalization;
using System.Text.Json.Nodes;

namespace TestCommon.OpenInference;

/// <summary>The cases of a model in <c>../shared/models</c> as instances, a row each, and what is to come of them.</summary>
internal static class SharedInstances
{
    /// <summary>How many rows the inputs of a case have.</summary>
    public static int Rows(JsonObject inputs) => inputs.Max(input => (int)input.Value!["shape"]!.AsArray()[0]!.GetValue<long>());

    /// <summary>One row of each input under its name.</summary>
    public static JsonObject Instance(JsonObject inputs, int row) => new(inputs.Select(input =>
        KeyValuePair.Create(input.Key, (JsonNode?)Row(input.Value!.AsObject(), row))));

    private static JsonNode Row(JsonObject tensor, int row)
    {
        var shape = tensor["shape"]!.AsArray().Select(size => (int)size!.GetValue<long>()).ToArray();
        var data = tensor["data"]!.AsArray();
        var offset = row * (shape[0] == 0 ? 0 : data.Count / shape[0]);
        return Nested(shape.AsSpan(1), data, ref offset);
    }

    private static JsonNode Nested(ReadOnlySpan<int> shape, JsonArray data, ref int offset)
    {
        if (shape.IsEmpty)
        {
            return data[offset++]!.DeepClone();
        }

        var array = new JsonArray();
        for (var index = 0; index < shape[0]; index++)
        {
            array.Add(Nested(shape[1..], data, ref offset));
        }

        return array;
    }

    /// <summary>Holds a prediction to the row of the expected outputs.</summary>
    public static void AssertRow(JsonObject expected, int row, JsonNode prediction, double tolerance)
    {
        foreach (var (output, value) in expected)
        {
            if (prediction["outputs"] is { } outputs)
            {
                AssertClose(Row(value!.AsObject(), row), outputs[output]!, tolerance);
            }
            else if (value!["sequence"] is { } sequence)
            {
                var entries = sequence[row]!["map"]!["entries"]!.AsArray();
                Assert.Equal(entries.Count, prediction["probabilities"]!.AsObject().Count);
                foreach (var entry in entries)
                {
                    AssertClose(entry![1]!, prediction["probabilities"]![entry[0]!.ToString()]!, tolerance);
                }
            }
            else if (output.Contains("prob", StringComparison.Ordinal))
            {
                var probabilities = prediction["probabilities"]!.AsObject().Select(entry => entry.Value!.DeepClone()).ToArray();
                AssertClose(Row(value.AsObject(), row), new JsonArray(probabilities), tolerance);
            }
            else
            {
                AssertClose(Row(value.AsObject(), row), prediction["label"]!, tolerance);
            }
        }
    }

    private static void AssertClose(JsonNode expected, JsonNode actual, double tolerance)
    {
        if (expected is JsonArray array)
        {
            Assert.Equal(array.Count, actual.AsArray().Count);
            for (var index = 0; index < array.Count; index++)
            {
                AssertClose(array[index]!, actual[index]!, tolerance);
            }
        }
        else if (tolerance > 0 && double.TryParse(expected.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            Assert.Equal(number, double.Parse(actual.ToString(), CultureInfo.InvariantCulture), tolerance);
        }
        else
        {
            Assert.Equal(expected.ToJsonString(), actual.ToJsonString());
        }
    }
}
