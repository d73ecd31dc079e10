using Scoring.Onnx;

namespace Scoring.Inference;

/// <summary>Reads the declarations of a graph's inputs and outputs from a model's file, passing over its weights.</summary>
internal static class GraphShapes
{
    // Field numbers of the ONNX format.
    private const int GraphOfModel = 7;
    private const int NodeOfGraph = 1;
    private const int InputOfGraph = 11;
    private const int OutputOfGraph = 12;
    private const int SparseOfGraph = 15;

    // Those that the Open Inference Protocol has a datatype for.
    private static readonly HashSet<TensorProto.Types.DataType> Served =
    [
        TensorProto.Types.DataType.Float, TensorProto.Types.DataType.Double, TensorProto.Types.DataType.Float16, TensorProto.Types.DataType.Bfloat16,
        TensorProto.Types.DataType.Int8, TensorProto.Types.DataType.Int16, TensorProto.Types.DataType.Int32, TensorProto.Types.DataType.Int64,
        TensorProto.Types.DataType.Uint8, TensorProto.Types.DataType.Uint16, TensorProto.Types.DataType.Uint32, TensorProto.Types.DataType.Uint64,
        TensorProto.Types.DataType.Bool, TensorProto.Types.DataType.String,
    ];

    /// <summary>The first input or output of an element type that cannot be served, and that type, such as <c>INT4</c>; null where there is none or the file is no model.</summary>
    public static (string Name, string Type)? Unserved(string modelPath)
    {
        try
        {
            return Values(modelPath)
                .Where(value => value.Type?.TensorType is { } tensor && !Served.Contains((TensorProto.Types.DataType)tensor.ElemType))
                .Select(value => ((string, string)?)(value.Name, ((TensorProto.Types.DataType)value.Type.TensorType.ElemType).ToString().ToUpperInvariant()))
                .FirstOrDefault();
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or ArgumentException or Google.Protobuf.InvalidProtocolBufferException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>Names of the tensors that the graph declares without a shape.</summary>
    public static HashSet<string> Shapeless(string modelPath) =>
        [.. Values(modelPath).Where(value => value.Type?.TensorType is { Shape: null }).Select(value => value.Name)];

    /// <summary>Names of the graph's sparse initializers, constants and outputs, of which the session says that they are tensors.</summary>
    public static HashSet<string> Sparse(string modelPath)
    {
        using var file = File.OpenRead(modelPath);
        var sparse = new HashSet<string>();
        while (MessageScan.TryReadField(file, file.Length, out var field, out var end))
        {
            while (field == GraphOfModel && MessageScan.TryReadField(file, end, out var inner, out var innerEnd))
            {
                if (inner is SparseOfGraph or NodeOfGraph or OutputOfGraph && SparseName(inner, MessageScan.ReadBytes(file, innerEnd)) is { } name)
                {
                    sparse.Add(name);
                }

                file.Position = innerEnd;
            }

            file.Position = end;
        }

        return sparse;
    }

    private static string? SparseName(int field, byte[] message)
    {
        switch (field)
        {
            case SparseOfGraph:
                return SparseTensorProto.Parser.ParseFrom(message).Values?.Name;
            case OutputOfGraph:
                var output = ValueInfoProto.Parser.ParseFrom(message);
                return output.Type?.SparseTensorType is null ? null : output.Name;
            default:
                var node = NodeProto.Parser.ParseFrom(message);
                return node.OpType == "Constant" && node.Output.Count > 0 && node.Attribute.Any(attribute => attribute.SparseTensor is not null) ? node.Output[0] : null;
        }
    }

    // The inputs and outputs.
    private static List<ValueInfoProto> Values(string modelPath)
    {
        using var file = File.OpenRead(modelPath);
        var values = new List<ValueInfoProto>();
        while (MessageScan.TryReadField(file, file.Length, out var field, out var end))
        {
            while (field == GraphOfModel && MessageScan.TryReadField(file, end, out var inner, out var innerEnd))
            {
                if (inner is InputOfGraph or OutputOfGraph)
                {
                    values.Add(ValueInfoProto.Parser.ParseFrom(MessageScan.ReadBytes(file, innerEnd)));
                }

                file.Position = innerEnd;
            }

            file.Position = end;
        }

        return values;
    }
}
