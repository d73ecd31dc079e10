using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Scoring.Onnx;

namespace Scoring.Inference;

/// <summary>The names that a graph gives the classes of its label output, found by following that output back to the node which chose it.</summary>
internal static class ClassLabels
{
    // A classifier whose graph names its classes is small. A larger file holds the weights of a network, and parsing it takes too long.
    private const long MaxBytes = 64L << 20;

    private const int MaxSteps = 16;

    private static readonly string[] Passing = ["Identity", "Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten"];
    private static readonly string[] Picking = ["ArrayFeatureExtractor", "Gather"];

    /// <summary>The classes in the order of their scores; null where the graph does not tell.</summary>
    public static string[]? Read(string modelPath, string labelOutput)
    {
        if (GraphFile.Of(modelPath) is not { } graphPath || new FileInfo(graphPath).Length > MaxBytes)
        {
            return null;
        }

        using var file = File.OpenRead(graphPath);
        var graph = ModelProto.Parser.ParseFrom(file).Graph;
        var wanted = labelOutput;
        for (var step = 0; step < MaxSteps; step++)
        {
            var node = graph.Node.FirstOrDefault(node => node.Output.Contains(wanted));
            if (node is null)
            {
                return null;
            }

            if (OfClassifier(node) is { } classes)
            {
                return classes;
            }

            if (Picking.Contains(node.OpType))
            {
                return graph.Initializer.FirstOrDefault(tensor => tensor.Name == node.Input[0]) is { } table ? Texts(table) : null;
            }

            if (!Passing.Contains(node.OpType))
            {
                return null;
            }

            wanted = node.Input[0];
        }

        return null;
    }

    private static string[]? OfClassifier(NodeProto node)
    {
        foreach (var attribute in node.Attribute)
        {
            if (attribute.Name is "classlabels_strings" && attribute.Strings.Count > 0)
            {
                return [.. attribute.Strings.Select(text => text.ToStringUtf8())];
            }

            if (attribute.Name is "classlabels_int64s" or "classlabels_ints" && attribute.Ints.Count > 0)
            {
                return [.. attribute.Ints.Select(Text)];
            }
        }

        return null;
    }

    private static string[]? Texts(TensorProto table) => (TensorProto.Types.DataType)table.DataType switch
    {
        TensorProto.Types.DataType.String => [.. table.StringData.Select(text => text.ToStringUtf8())],
        TensorProto.Types.DataType.Int64 => table.HasRawData
            ? [.. MemoryMarshal.Cast<byte, long>(table.RawData.Span).ToArray().Select(Text)]
            : [.. table.Int64Data.Select(Text)],
        TensorProto.Types.DataType.Int32 => table.HasRawData
            ? [.. MemoryMarshal.Cast<byte, int>(table.RawData.Span).ToArray().Select(number => Text(number))]
            : [.. table.Int32Data.Select(number => Text(number))],
        _ => null,
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
