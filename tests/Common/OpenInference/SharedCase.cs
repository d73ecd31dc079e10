using System.Text.Json.Nodes;

namespace TestCommon.OpenInference;

/// <summary>A case of a model in <c>../shared/models</c> as tensors.</summary>
internal sealed record SharedCase(string Name, IReadOnlyList<TestTensor> Inputs, IReadOnlyList<TestTensor>? Expected, double Tolerance)
{
    /// <summary>Tolerance where a case states none: the spread of float32 kernels between processors.</summary>
    public const double DefaultTolerance = 1e-5;

    /// <summary>Names of the models at hand, as a theory takes them.</summary>
    public static TheoryData<string> Models => Names.Count > 0 ? [.. Names] : ["(none at hand)"];

    /// <summary>Names of the models at hand.</summary>
    public static IReadOnlyList<string> Names { get; } = FindNames();

    /// <summary>The cases of a model; <see cref="Expected"/> is null where the case must be refused.</summary>
    public static IEnumerable<SharedCase> Of(string model)
    {
        var description = JsonNode.Parse(File.ReadAllText(Checkout.SharedPathTo("models", model, "cases.json")))!;
        foreach (var node in description["cases"]!.AsArray())
        {
            var expected = (node!["expected_upstream"] ?? node["ort_1_29_0"]!).AsObject();
            yield return new SharedCase(
                node["name"]!.GetValue<string>(),
                [.. node["inputs"]!.AsObject().Select(input => Tensor(input.Key, input.Value!))],
                expected["error"] is null ? [.. expected.SelectMany(output => Tensors(output.Key, output.Value!))] : null,
                node["tol"]?.GetValue<double>() ?? DefaultTolerance);
        }
    }

    private static IReadOnlyList<string> FindNames()
    {
        var folder = Checkout.SharedPathTo("models");
        return Directory.Exists(folder)
            ? [.. Directory.GetDirectories(folder).Where(model => File.Exists(Path.Combine(model, "cases.json"))).Select(model => Path.GetFileName(model)!).Order()]
            : [];
    }

    private static IEnumerable<TestTensor> Tensors(string name, JsonNode value)
    {
        if (value["sequence"] is not { } sequence)
        {
            yield return Tensor(name, value);
            yield break;
        }

        var maps = sequence.AsArray().Select(row => row!["map"]!).ToArray();
        var keys = maps[0]["entries"]!.AsArray().Select(entry => entry![0]!.DeepClone()).ToArray();
        var values = maps.SelectMany(map => map["entries"]!.AsArray().Select(entry => entry![1]!.DeepClone())).ToArray();
        yield return Tensor(name, maps[0]["value"]!.GetValue<string>(), [maps.Length, keys.Length], values);
        yield return Tensor(name + "/keys", maps[0]["key"]!.GetValue<string>(), [keys.Length], keys);
    }

    private static TestTensor Tensor(string name, JsonNode tensor) => Tensor(
        name, tensor["dtype"]!.GetValue<string>(),
        [.. tensor["shape"]!.AsArray().Select(size => size!.GetValue<long>())],
        [.. tensor["data"]!.AsArray().Select(element => element!.DeepClone())]);

    private static TestTensor Tensor(string name, string dtype, long[] shape, JsonNode[] elements)
    {
        var datatype = dtype switch
        {
            "float16" => "FP16",
            "float32" => "FP32",
            "float64" => "FP64",
            "string" => "BYTES",
            _ => dtype.ToUpperInvariant(),
        };
        return datatype == "BYTES"
            ? TestTensor.Texts(name, shape, [.. elements.Select(element => System.Text.Encoding.UTF8.GetBytes(element.GetValue<string>()))])
            : new TestTensor(name, datatype, shape, [.. elements.SelectMany(element => TestTensor.Bytes(datatype, element))]);
    }
}
