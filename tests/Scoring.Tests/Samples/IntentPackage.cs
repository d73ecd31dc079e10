using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Scoring.Onnx;
using TestCommon;

namespace Scoring.Tests.Samples;

/// <summary>The committed intent package, read without any code of the trainer or the server.</summary>
internal static class IntentPackage
{
    public static string PathTo(params string[] parts) => Checkout.PathTo(["samples", "intent", .. parts]);

    public static ModelProto Model() => ModelProto.Parser.ParseFrom(File.ReadAllBytes(PathTo("package", "model.onnx")));

    public static JsonElement Json(params string[] parts) => JsonDocument.Parse(File.ReadAllText(PathTo(parts))).RootElement;

    public static float[] Constant(string name)
    {
        var tensor = Model().Graph.Initializer.Single(constant => constant.Name == name);
        Assert.Equal((int)TensorProto.Types.DataType.Float, tensor.DataType);
        return MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray();
    }

    /// <summary>The columns of an instance as model.json describes them; fails where the instance does not fit.</summary>
    public static float[] Encode(JsonElement instance)
    {
        var columns = new List<float>();
        var known = 0;
        foreach (var feature in Json("package", "model.json").GetProperty("features").EnumerateArray())
        {
            if (!instance.TryGetProperty(feature.GetProperty("name").GetString()!, out var value))
            {
                columns.Add(feature.GetProperty("default").GetSingle());
                continue;
            }

            known++;
            columns.AddRange(Encode(feature, value));
        }

        Assert.Equal(instance.EnumerateObject().Count(), known);
        return [.. columns];
    }

    /// <summary>What ONNX Runtime gives for rows of 23 columns: float32 [rows, 2].</summary>
    public static float[] Run(IReadOnlyList<float[]> rows)
    {
        using var session = new InferenceSession(PathTo("package", "model.onnx"));
        using var input = OrtValue.CreateTensorValueFromMemory(rows.SelectMany(row => row).ToArray(), [rows.Count, rows[0].Length]);
        using var options = new RunOptions();
        using var outputs = session.Run(options, ["features"], [input], ["probabilities"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static float[] Encode(JsonElement feature, JsonElement value)
    {
        switch (feature.GetProperty("type").GetString())
        {
            case "number":
                Assert.InRange(value.GetDouble(), feature.GetProperty("min").GetDouble(), feature.GetProperty("max").GetDouble());
                return [(float)value.GetDouble()];
            case "boolean":
                return [value.GetBoolean() ? 1 : 0];
            default:
                var values = feature.GetProperty("values").EnumerateArray().Select(item => item.GetString()).ToArray();
                var other = feature.GetProperty("other").EnumerateArray().Select(item => item.GetString());
                Assert.Contains(value.GetString(), values.Concat(other));
                return [.. values.Select(item => item == value.GetString() ? 1f : 0f)];
        }
    }
}
