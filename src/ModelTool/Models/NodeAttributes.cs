using Scoring.Onnx;

namespace ModelTool.Models;

/// <summary>Attributes of a node by name.</summary>
internal static class NodeAttributes
{
    public static long Integer(this NodeProto node, string name, long otherwise) => Find(node, name)?.I ?? otherwise;

    public static float Number(this NodeProto node, string name, float otherwise) => Find(node, name)?.F ?? otherwise;

    public static void Set(this NodeProto node, string name, long value) =>
        node.Attribute.Add(new AttributeProto { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int });

    private static AttributeProto? Find(NodeProto node, string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);
}
