using System.Globalization;
using System.Text.Json.Nodes;
using Scoring.Tests.Protocol;
using TestCommon;

namespace Scoring.Tests.Serving;

/// <summary>Real models of other projects, served from their own metadata, each row as an instance; the expected values stand beside them.</summary>
public sealed class SharedModelsTests
{
    /// <summary>Tolerance where a case states none: the spread of float32 kernels between processors.</summary>
    private const double DefaultTolerance = 1e-5;

    public static TheoryData<string> Models
    {
        get
        {
            var folder = Checkout.SharedPathTo("models");
            return Directory.Exists(folder)
                ? [.. Directory.GetDirectories(folder).Where(model => File.Exists(Path.Combine(model, "cases.json"))).Select(model => Path.GetFileName(model)!).Order()]
                : ["(none at hand)"];
        }
    }

    [SharedDataTheory("models")]
    [MemberData(nameof(Models))]
    public void Score_EachCaseAsInstances_AnswersWhatIsStated(string name)
    {
        var folder = Checkout.SharedPathTo($"models/{name}");
        var description = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "cases.json")))!;
        using var scored = Scored.Load(folder, name);
        foreach (var testCase in description["cases"]!.AsArray())
        {
            var expected = testCase!["expected_upstream"] ?? testCase["ort_1_29_0"]!;
            var tolerance = testCase["tol"]?.GetValue<double>() ?? DefaultTolerance;
            var rows = Rows(testCase["inputs"]!.AsObject());
            var instances = new JsonArray([.. Enumerable.Range(0, rows).Select(row => Instance(testCase["inputs"]!.AsObject(), row))]);
            var body = new JsonObject { ["instances"] = instances }.ToJsonString();
            if (expected["error"] is not null)
            {
                Assert.Equal(ErrorCode.MissingFeature, scored.Refused(body).Code);
                continue;
            }

            var answer = scored.Score(body);
            for (var row = 0; row < rows; row++)
            {
                AssertRow(expected.AsObject(), row, answer["predictions"]![row]!, tolerance);
            }
        }
    }

    private static int Rows(JsonObject inputs) => inputs.Max(input => (int)input.Value!["shape"]!.AsArray()[0]!.GetValue<long>());

    private static JsonObject Instance(JsonObject inputs, int row) => new(inputs.Select(input =>
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

    private static void AssertRow(JsonObject expected, int row, JsonNode prediction, double tolerance)
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
