using Google.Protobuf;
using Scoring.Onnx;

namespace Scoring.Inference;

/// <summary>
/// StringNormalizer asks the C library for a locale, en_US.UTF-8 unless the model says otherwise, which slim images do not have.
/// C.UTF-8 is always there and maps the case of non-ASCII letters too.
/// </summary>
internal static class LocalePatch
{
    private const string Locale = "C.UTF-8";

    /// <summary>True when ONNX Runtime's refusal is about a missing locale.</summary>
    public static bool Helps(string refusal) => refusal.Contains("Failed to construct locale", StringComparison.Ordinal);

    /// <summary>The model with every StringNormalizer, also in subgraphs and functions, asking for C.UTF-8.</summary>
    public static byte[] Apply(string modelPath)
    {
        using var file = File.OpenRead(modelPath);
        var model = ModelProto.Parser.ParseFrom(file);
        Patch(model.Graph.Node);
        foreach (var function in model.Functions)
        {
            Patch(function.Node);
        }

        return model.ToByteArray();
    }

    private static void Patch(IEnumerable<NodeProto> nodes)
    {
        foreach (var node in nodes)
        {
            if (node.OpType == "StringNormalizer")
            {
                var locale = node.Attribute.FirstOrDefault(attribute => attribute.Name == "locale");
                if (locale is null)
                {
                    locale = new AttributeProto { Name = "locale", Type = AttributeProto.Types.AttributeType.String };
                    node.Attribute.Add(locale);
                }

                locale.S = ByteString.CopyFromUtf8(Locale);
            }

            foreach (var attribute in node.Attribute)
            {
                if (attribute.G is not null)
                {
                    Patch(attribute.G.Node);
                }

                foreach (var graph in attribute.Graphs)
                {
                    Patch(graph.Node);
                }
            }
        }
    }
}
