using Scoring.Onnx;
using AttributeType = Scoring.Onnx.AttributeProto.Types.AttributeType;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace TestCommon;

/// <summary>A model that counts to its input <c>n</c>, one node after the other: with a large <c>n</c> its run never ends by itself.</summary>
internal static class LoopModel
{
    /// <summary>More than anybody can wait for.</summary>
    public const long ForEver = 1_000_000_000_000_000;

    /// <summary>Inputs <c>n</c>, int64 scalar, and <c>a</c>, float [1]; output <c>y</c> = a + n.</summary>
    public static GraphBuilder Graph()
    {
        var body = new GraphProto { Name = "body" };
        body.Input.Add(new ValueInfoProto { Name = "i", Type = GraphBuilder.Tensor(DataType.Int64) });
        body.Input.Add(new ValueInfoProto { Name = "on", Type = GraphBuilder.Tensor(DataType.Bool) });
        body.Input.Add(new ValueInfoProto { Name = "sum", Type = GraphBuilder.Tensor(DataType.Float, 1) });
        body.Node.Add(Node("Identity", ["on"], ["stays"]));
        body.Node.Add(Node("Add", ["sum", "one"], ["next"]));
        body.Output.Add(new ValueInfoProto { Name = "stays", Type = GraphBuilder.Tensor(DataType.Bool) });
        body.Output.Add(new ValueInfoProto { Name = "next", Type = GraphBuilder.Tensor(DataType.Float, 1) });
        return new GraphBuilder()
            .Input("n", DataType.Int64)
            .Input("a", DataType.Float, 1)
            .Floats("one", [1], 1)
            .Node("Loop", ["n", "", "a"], ["y"], new AttributeProto { Name = "body", Type = AttributeType.Graph, G = body })
            .Output("y", DataType.Float, 1);
    }

    private static NodeProto Node(string type, string[] inputs, string[] outputs)
    {
        var node = new NodeProto { OpType = type, Name = outputs[0] };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        return node;
    }
}
