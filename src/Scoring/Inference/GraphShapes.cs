using Scoring.Onnx;

namespace Scoring.Inference;

/// <summary>Reads the declarations of a graph's inputs and outputs from a model's file, passing over its weights.</summary>
internal static class GraphShapes
{
    // Field numbers of the ONNX format.
    private const int GraphOfModel = 7;
    private const int InputOfGraph = 11;
    private const int OutputOfGraph = 12;
    private const int SparseOfGraph = 15;

    /// <summary>Names of the tensors that the graph declares without a shape.</summary>
    public static HashSet<string> Shapeless(string modelPath)
    {
        using var file = File.OpenRead(modelPath);
        var shapeless = new HashSet<string>();
        while (MessageScan.TryReadField(file, file.Length, out var field, out var end))
        {
            if (field == GraphOfModel)
            {
                ReadGraph(file, end, shapeless);
            }

            file.Position = end;
        }

        return shapeless;
    }

    /// <summary>Names of the graph's sparse initializers, of which the session says nothing.</summary>
    public static HashSet<string> Sparse(string modelPath)
    {
        using var file = File.OpenRead(modelPath);
        var sparse = new HashSet<string>();
        while (MessageScan.TryReadField(file, file.Length, out var field, out var end))
        {
            while (field == GraphOfModel && MessageScan.TryReadField(file, end, out var inner, out var innerEnd))
            {
                if (inner == SparseOfGraph)
                {
                    sparse.Add(SparseTensorProto.Parser.ParseFrom(MessageScan.ReadBytes(file, innerEnd)).Values?.Name ?? "");
                }

                file.Position = innerEnd;
            }

            file.Position = end;
        }

        return sparse;
    }

    private static void ReadGraph(FileStream file, long graphEnd, HashSet<string> shapeless)
    {
        while (MessageScan.TryReadField(file, graphEnd, out var field, out var end))
        {
            if (field is InputOfGraph or OutputOfGraph)
            {
                var value = ValueInfoProto.Parser.ParseFrom(MessageScan.ReadBytes(file, end));
                if (value.Type?.TensorType is { Shape: null })
                {
                    shapeless.Add(value.Name);
                }
            }

            file.Position = end;
        }
    }
}
