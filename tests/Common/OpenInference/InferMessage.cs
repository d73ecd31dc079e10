using System.Text;
using System.Text.Json.Nodes;

namespace TestCommon.OpenInference;

/// <summary>Bodies of the Open Inference Protocol: JSON, and bytes after it.</summary>
/// <param name="Body">The whole body.</param>
/// <param name="HeaderLength">Length of the JSON where tensors follow it; null where they do not.</param>
internal sealed record InferMessage(byte[] Body, int? HeaderLength)
{
    /// <summary>A request whose tensors stand in the JSON.</summary>
    public static InferMessage Json(IEnumerable<TestTensor> inputs, Action<JsonObject>? change = null)
    {
        var request = new JsonObject { ["inputs"] = new JsonArray([.. inputs.Select(input => input.ToJson())]) };
        change?.Invoke(request);
        return new InferMessage(Encoding.UTF8.GetBytes(request.ToJsonString()), null);
    }

    /// <summary>A request whose tensors follow the JSON, and that wants its answer so.</summary>
    public static InferMessage Binary(IReadOnlyList<TestTensor> inputs, Action<JsonObject>? change = null)
    {
        var request = new JsonObject
        {
            ["inputs"] = new JsonArray([.. inputs.Select(input => input.ToBinaryJson())]),
            ["parameters"] = new JsonObject { ["binary_data_output"] = true },
        };
        change?.Invoke(request);
        var json = Encoding.UTF8.GetBytes(request.ToJsonString());
        return new InferMessage([.. json, .. inputs.SelectMany(input => input.Data)], json.Length);
    }

    /// <summary>The JSON of this body.</summary>
    public JsonNode ToJson() => JsonNode.Parse(Body.AsSpan(0, HeaderLength ?? Body.Length))!;

    /// <summary>The tensors of an answer, however they came, and nothing left over.</summary>
    public IReadOnlyList<TestTensor> Outputs()
    {
        var tensors = new List<TestTensor>();
        var at = HeaderLength ?? Body.Length;
        foreach (var output in ToJson()["outputs"]!.AsArray())
        {
            if (output!["parameters"]?["binary_data_size"] is { } size)
            {
                var bytes = size.GetValue<int>();
                var shape = output["shape"]!.AsArray().Select(dimension => dimension!.GetValue<long>()).ToArray();
                tensors.Add(new TestTensor(output["name"]!.GetValue<string>(), output["datatype"]!.GetValue<string>(), shape, Body.AsSpan(at, bytes).ToArray()));
                at += bytes;
            }
            else
            {
                tensors.Add(TestTensor.FromJson(output));
            }
        }

        return at == Body.Length ? tensors : throw new InvalidDataException($"{Body.Length - at} bytes are left over.");
    }
}
