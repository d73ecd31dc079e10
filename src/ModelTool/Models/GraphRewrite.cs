using Scoring.Onnx;

namespace ModelTool.Models;

/// <summary>A graph whose nodes are replaced one by one; constants that nothing uses any more are dropped at the end.</summary>
internal sealed class GraphRewrite
{
    // From this version of the file format on, a constant that is listed as an input may be replaced by the caller; before it, every constant had to be listed.
    private const long FirstOverridable = 4;

    // QuantizeLinear and DequantizeLinear take scales along an axis from this operator set on. The runtime's own take them anywhere.
    private const long FirstWithAxis = 13;
    private const string RuntimeDomain = "com.microsoft";

    private readonly ModelProto model;
    private readonly GraphProto graph;
    private readonly GraphRewrite? outer;
    private readonly Dictionary<string, TensorProto> constants;
    private readonly List<NodeProto> nodes = [];
    private readonly Dictionary<string, NodeProto> producers;
    private readonly HashSet<string> folded = new(StringComparer.Ordinal);
    private readonly HashSet<string> overridable;
    private readonly HashSet<string> values;
    private readonly HashSet<string> nodeNames;

    public GraphRewrite(ModelProto model)
        : this(model, model.Graph, outer: null)
    {
    }

    private GraphRewrite(ModelProto model, GraphProto graph, GraphRewrite? outer)
    {
        (this.model, this.graph, this.outer) = (model, graph, outer);
        values = outer?.values ?? new(StringComparer.Ordinal);
        nodeNames = outer?.nodeNames ?? new(StringComparer.Ordinal);
        if (outer is null && model.IrVersion < FirstOverridable)
        {
            ListNoConstants(model);
        }

        overridable = graph.Input.Select(input => input.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var inner in outer is null ? ModelFile.AllGraphs(graph) : [])
        {
            values.UnionWith(inner.Initializer.Select(tensor => tensor.Name));
            values.UnionWith(inner.Input.Concat(inner.Output).Concat(inner.ValueInfo).Select(value => value.Name));
            values.UnionWith(inner.Node.SelectMany(node => node.Output.Concat(node.Input)));
            nodeNames.UnionWith(inner.Node.Select(node => node.Name));
        }

        producers = graph.Node.Where(node => node is { Domain.Length: 0, Output.Count: 1, OpType: "Identity" or "Transpose" or "Constant" }).ToDictionary(node => node.Output[0]);
        constants = graph.Initializer.Where(tensor => !overridable.Contains(tensor.Name)).ToDictionary(tensor => tensor.Name);
    }

    /// <summary>The body of an If, Loop or Scan of this graph: its products read constants of either.</summary>
    public GraphRewrite Inside(GraphProto body) => new(model, body, this);

    /// <summary>A constant that no caller can replace, be it behind Identity or Transpose, or in a graph around this one; null for anything else.</summary>
    public TensorProto? ConstantOf(string name)
    {
        if (constants.TryGetValue(name, out var constant) || !producers.TryGetValue(name, out var producer))
        {
            return constant ?? (overridable.Contains(name) ? null : outer?.ConstantOf(name));
        }

        var found = producer.OpType switch
        {
            "Constant" => producer.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T,
            "Identity" => ConstantOf(producer.Input[0]),
            _ => ConstantOf(producer.Input[0]) is { Dims.Count: 2, DataType: (int)TensorProto.Types.DataType.Float } tensor && Swaps(producer) ? Transposed(tensor) : null,
        };
        if (found is not null)
        {
            folded.Add(name);
            found = found.Clone();
            found.Name = name;
        }

        return found;
    }

    /// <summary>True for a constant that is an input too: callers may send another.</summary>
    public bool IsOverridable(string name) => (overridable.Contains(name) && graph.Initializer.Any(tensor => tensor.Name == name)) || outer?.IsOverridable(name) == true;

    /// <summary>True for a value that the graph answers with.</summary>
    public bool IsOutput(string name) => graph.Output.Any(output => output.Name == name);

    /// <summary>The only node that reads a value, where it is read nowhere else and is no output; otherwise null.</summary>
    public NodeProto? OnlyReader(string name)
    {
        var readers = ModelFile.AllNodes(graph).Where(node => node.Input.Contains(name)).Take(2).ToList();
        return readers is [var reader] && graph.Node.Contains(reader) && !IsOutput(name) ? reader : null;
    }

    /// <summary>Puts a node after those kept and added so far.</summary>
    public void Keep(NodeProto node) => nodes.Add(node);

    /// <summary>A name that no value has, such as <c>y_int8</c>, or <c>y_int8_2</c> where a pass before made the first: it can be the stem of others.</summary>
    public string Fresh(string stem)
    {
        var name = stem;
        for (var number = 2; values.Any(value => value == name || value.StartsWith($"{name}_", StringComparison.Ordinal)); number++)
        {
            name = $"{stem}_{number}";
        }

        values.Add(name);
        return name;
    }

    /// <summary>Adds a node of one or more outputs.</summary>
    public NodeProto Add(string type, string[] inputs, params string[] outputs)
    {
        var name = $"{outputs[0]}_{type}";
        for (var number = 2; !nodeNames.Add(name); number++)
        {
            name = $"{outputs[0]}_{type}_{number}";
        }

        var node = new NodeProto { OpType = type, Name = name };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        nodes.Add(node);
        return node;
    }

    /// <summary>Adds a node that is ONNX Runtime's own.</summary>
    public NodeProto AddOfRuntime(string type, string[] inputs, params string[] outputs)
    {
        if (model.OpsetImport.All(set => set.Domain != RuntimeDomain))
        {
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = RuntimeDomain, Version = 1 });
        }

        var node = Add(type, inputs, outputs);
        node.Domain = RuntimeDomain;
        return node;
    }

    /// <summary>Adds QuantizeLinear or DequantizeLinear, the runtime's own where the model's operator set knows none with scales along an axis.</summary>
    /// <param name="axis">Of the scales; null for one scale.</param>
    public string Linear(string type, string[] inputs, string output, int? axis = null)
    {
        var node = ModelFile.Opset(model) >= FirstWithAxis ? Add(type, inputs, output) : AddOfRuntime(type, inputs, output);
        if (axis is { } along)
        {
            node.Set("axis", along);
        }

        return output;
    }

    /// <summary>Adds a constant, once by its name.</summary>
    public string Constant(TensorProto tensor)
    {
        if (constants.TryAdd(tensor.Name, tensor))
        {
            graph.Initializer.Add(tensor);
        }

        return tensor.Name;
    }

    /// <summary>Gives the graph its new nodes.</summary>
    /// <returns>How many nodes more it has than before.</returns>
    public int Finish()
    {
        var before = graph.Node.Count;
        graph.Node.Clear();
        graph.Node.AddRange(nodes);
        DropFolded();
        DropUnread();
        var used = ModelFile.AllNodes(graph).SelectMany(node => node.Input).Concat(graph.Output.Select(output => output.Name)).ToHashSet(StringComparer.Ordinal);
        var kept = graph.Initializer.Where(tensor => used.Contains(tensor.Name)).ToList();
        graph.Initializer.Clear();
        graph.Initializer.AddRange(kept);
        return graph.Node.Count - before;
    }

    // What stood between a constant and the product that took it, the last first.
    private void DropFolded()
    {
        for (var index = graph.Node.Count - 1; index >= 0; index--)
        {
            if (graph.Node[index] is { OpType: "Identity" or "Transpose" or "Constant", Output: [var output] } && folded.Contains(output)
                && graph.Output.All(value => value.Name != output) && !ModelFile.AllNodes(graph).Any(node => node.Input.Contains(output)))
            {
                graph.Node.RemoveAt(index);
            }
        }
    }

    // Values given back as float32 that nothing reads so.
    private void DropUnread()
    {
        var read = ModelFile.AllNodes(graph).SelectMany(node => node.Input).Concat(graph.Output.Select(output => output.Name)).ToHashSet(StringComparer.Ordinal);
        for (var index = graph.Node.Count - 1; index >= 0; index--)
        {
            if (graph.Node[index] is { OpType: "DequantizeLinear", Output: [var output] } && !read.Contains(output))
            {
                graph.Node.RemoveAt(index);
            }
        }
    }

    private static bool Swaps(NodeProto node) => node.Attribute.FirstOrDefault(attribute => attribute.Name == "perm")?.Ints is null or { Count: 0 } or [1, 0];

    private static TensorProto? Transposed(TensorProto tensor)
    {
        var (rows, columns) = ((int)tensor.Dims[0], (int)tensor.Dims[1]);
        if (Quantizing.TensorFloats.Read(tensor) is not { } values)
        {
            return null;
        }

        var turned = new float[values.Length];
        for (var index = 0; index < values.Length; index++)
        {
            turned[(index % columns * rows) + (index / columns)] = values[index];
        }

        return Quantizing.TensorFloats.Write(tensor.Name, turned, columns, rows);
    }

    private static void ListNoConstants(ModelProto model)
    {
        var names = model.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        var inputs = model.Graph.Input.Where(input => !names.Contains(input.Name)).ToList();
        model.Graph.Input.Clear();
        model.Graph.Input.AddRange(inputs);
        model.IrVersion = FirstOverridable;
    }
}
