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

    private const int LengthDelimited = 2;

    /// <summary>Names of the tensors that the graph declares without a shape.</summary>
    public static HashSet<string> Shapeless(string modelPath)
    {
        using var file = File.OpenRead(modelPath);
        var shapeless = new HashSet<string>();
        while (TryReadField(file, file.Length, out var field, out var end))
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
        while (TryReadField(file, file.Length, out var field, out var end))
        {
            while (field == GraphOfModel && TryReadField(file, end, out var inner, out var innerEnd))
            {
                if (inner == SparseOfGraph)
                {
                    var bytes = new byte[innerEnd - file.Position];
                    file.ReadExactly(bytes);
                    sparse.Add(SparseTensorProto.Parser.ParseFrom(bytes).Values?.Name ?? "");
                }

                file.Position = innerEnd;
            }

            file.Position = end;
        }

        return sparse;
    }

    private static void ReadGraph(FileStream file, long graphEnd, HashSet<string> shapeless)
    {
        while (TryReadField(file, graphEnd, out var field, out var end))
        {
            if (field is InputOfGraph or OutputOfGraph)
            {
                var bytes = new byte[end - file.Position];
                file.ReadExactly(bytes);
                var value = ValueInfoProto.Parser.ParseFrom(bytes);
                if (value.Type?.TensorType is { Shape: null })
                {
                    shapeless.Add(value.Name);
                }
            }

            file.Position = end;
        }
    }

    // Leaves the stream at the field's content and tells where that ends.
    private static bool TryReadField(FileStream file, long limit, out int field, out long end)
    {
        field = 0;
        end = limit;
        if (file.Position >= limit)
        {
            return false;
        }

        var tag = ReadVarint(file);
        var wireType = (int)(tag & 7);
        field = wireType == LengthDelimited ? (int)(tag >> 3) : 0;
        end = wireType switch
        {
            0 => Skip(file),
            1 => file.Position + sizeof(ulong),
            LengthDelimited => (long)ReadVarint(file) + file.Position,
            _ => file.Position + sizeof(uint),
        };
        return true;
    }

    private static long Skip(FileStream file)
    {
        ReadVarint(file);
        return file.Position;
    }

    private static ulong ReadVarint(FileStream file)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = file.ReadByte();
            if (next < 0)
            {
                break;
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                break;
            }
        }

        return value;
    }
}
