using ModelTool.Models;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Quantizing;

/// <summary>
/// Constants as float16, turned back to float32 before they are used: half the bytes of the file. ONNX Runtime turns them once, at load, so that a run takes as long as before; rows of a
/// table are turned as they are picked, which halves its memory too.
/// </summary>
internal sealed class HalfRewrite(GraphRewrite graph, QuantizationOptions options)
{
    // What is smaller saves less than the operator before it takes.
    private const int MinElements = 256;

    // What a constant is called as float16, by its name, and what that is called turned back.
    private readonly Dictionary<string, string> casts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> floats = new(StringComparer.Ordinal);

    /// <summary>Constants that became float16.</summary>
    public int Count => casts.Count;

    /// <summary>Why constants stay.</summary>
    public List<string> Left { get; } = [];

    /// <summary>Keeps a node, its large constants behind conversions.</summary>
    public void Apply(NodeProto node)
    {
        var changed = node.Clone();
        for (var input = 0; input < node.Input.Count; input++)
        {
            if (node.Input[input].Length == 0 || node.OpType is "Constant" or "Identity" || graph.ConstantOf(node.Input[input]) is not { DataType: (int)DataType.Float } tensor || ModelFile.Elements(tensor) < MinElements)
            {
                continue;
            }

            if (Halves(node, tensor) is not { } halves)
            {
                continue;
            }

            var isTable = node is { OpType: "Gather", Domain.Length: 0 } && input == 0;
            changed.Input[input] = isTable ? halves : Floats(halves);
            if (isTable)
            {
                changed.Output[0] = graph.Fresh($"{node.Output[0]}_half");
            }
        }

        graph.Keep(changed);
        if (changed.Output.Count > 0 && changed.Output[0] != node.Output[0])
        {
            graph.Add("Cast", [changed.Output[0]], node.Output[0]).Set("to", (long)DataType.Float);
        }
    }

    private string? Halves(NodeProto node, TensorProto tensor)
    {
        if (casts.TryGetValue(tensor.Name, out var known))
        {
            return known;
        }

        var name = node.Name.Length > 0 ? node.Name : node.Output[0];
        var values = TensorFloats.Read(tensor);
        var reason = options.Exclude.Contains(name) || options.Exclude.Contains(node.Output[0]) ? "excluded"
            : values is null ? "its weights lie in a file of their own"
            : !Array.TrueForAll(values, value => float.IsFinite(value) && Math.Abs(value) <= (float)Half.MaxValue) ? "its weights are beyond what float16 holds"
            : null;
        if (reason is not null)
        {
            Left.Add($"{name}: {reason}");
            return null;
        }

        var halves = casts[tensor.Name] = graph.Fresh($"{tensor.Name}_half");
        graph.Constant(TensorFloats.Write(halves, Array.ConvertAll(values!, value => (Half)value), [.. tensor.Dims]));
        return halves;
    }

    private string Floats(string halves)
    {
        if (!floats.TryGetValue(halves, out var name))
        {
            name = floats[halves] = graph.Fresh($"{halves}_float");
            graph.Add("Cast", [halves], name).Set("to", (long)DataType.Float);
        }

        return name;
    }
}
