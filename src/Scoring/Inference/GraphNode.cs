using Scoring.Onnx;

namespace Scoring.Inference;

/// <summary>A node of a model's graph, without the attributes that nobody asked for.</summary>
/// <param name="Type">The operator.</param>
/// <param name="Inputs">Names of the values that it takes; empty for one left out.</param>
/// <param name="Outputs">Names of the values that it gives.</param>
/// <param name="Attributes">Those asked for.</param>
internal sealed record GraphNode(string Type, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyList<AttributeProto> Attributes)
{
    // Field numbers of the ONNX format.
    private const int GraphOfModel = 7;
    private const int NodeOfGraph = 1;
    private const int InputOfNode = 1;
    private const int OutputOfNode = 2;
    private const int TypeOfNode = 4;
    private const int AttributeOfNode = 5;
    private const int NameOfAttribute = 1;

    /// <summary>The nodes of a model's outermost graph, read from its file past all weights.</summary>
    public static IReadOnlyList<GraphNode> ReadAll(string modelPath, IReadOnlySet<string> attributes)
    {
        using var file = File.OpenRead(modelPath);
        var nodes = new List<GraphNode>();
        while (MessageScan.TryReadField(file, file.Length, out var field, out var end))
        {
            while (field == GraphOfModel && MessageScan.TryReadField(file, end, out var inner, out var innerEnd))
            {
                if (inner == NodeOfGraph)
                {
                    nodes.Add(Read(file, innerEnd, attributes));
                }

                file.Position = innerEnd;
            }

            file.Position = end;
        }

        return nodes;
    }

    private static GraphNode Read(FileStream file, long nodeEnd, IReadOnlySet<string> wanted)
    {
        var (type, inputs, outputs, attributes) = ("", new List<string>(), new List<string>(), new List<AttributeProto>());
        while (MessageScan.TryReadField(file, nodeEnd, out var field, out var end))
        {
            switch (field)
            {
                case InputOfNode:
                    inputs.Add(MessageScan.ReadText(file, end));
                    break;
                case OutputOfNode:
                    outputs.Add(MessageScan.ReadText(file, end));
                    break;
                case TypeOfNode:
                    type = MessageScan.ReadText(file, end);
                    break;
                case AttributeOfNode when IsWanted(file, end, wanted):
                    attributes.Add(AttributeProto.Parser.ParseFrom(MessageScan.ReadBytes(file, end)));
                    break;
                default:
                    break;
            }

            file.Position = end;
        }

        return new GraphNode(type, inputs, outputs, attributes);
    }

    private static bool IsWanted(FileStream file, long attributeEnd, IReadOnlySet<string> wanted)
    {
        var start = file.Position;
        var isWanted = false;
        while (MessageScan.TryReadField(file, attributeEnd, out var field, out var end))
        {
            isWanted |= field == NameOfAttribute && wanted.Contains(MessageScan.ReadText(file, end));
            file.Position = end;
        }

        file.Position = start;
        return isWanted;
    }
}
