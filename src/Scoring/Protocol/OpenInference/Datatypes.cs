using Microsoft.ML.OnnxRuntime.Tensors;

namespace Scoring.Protocol.OpenInference;

/// <summary>The protocol's names of tensor element types.</summary>
internal static class Datatypes
{
    private static readonly (string Name, TensorElementType Type, int Bytes)[] All =
    [
        ("BOOL", TensorElementType.Bool, 1),
        ("UINT8", TensorElementType.UInt8, 1),
        ("UINT16", TensorElementType.UInt16, 2),
        ("UINT32", TensorElementType.UInt32, 4),
        ("UINT64", TensorElementType.UInt64, 8),
        ("INT8", TensorElementType.Int8, 1),
        ("INT16", TensorElementType.Int16, 2),
        ("INT32", TensorElementType.Int32, 4),
        ("INT64", TensorElementType.Int64, 8),
        ("FP16", TensorElementType.Float16, 2),
        ("BF16", TensorElementType.BFloat16, 2),
        ("FP32", TensorElementType.Float, 4),
        ("FP64", TensorElementType.Double, 8),
        ("BYTES", TensorElementType.String, 0),
    ];

    /// <summary>Every name, for messages.</summary>
    public static string Names { get; } = string.Join(", ", All.Select(datatype => datatype.Name));

    /// <summary>The protocol's name; that of ONNX where the protocol has none.</summary>
    public static string Name(TensorElementType type)
    {
        foreach (var datatype in All)
        {
            if (datatype.Type == type)
            {
                return datatype.Name;
            }
        }

        return type.ToString().ToUpperInvariant();
    }

    /// <summary>True for the types that the protocol can carry.</summary>
    public static bool IsServed(TensorElementType type) => Array.Exists(All, datatype => datatype.Type == type);

    /// <summary>True for the types that have no JSON form in the protocol and go as binary data.</summary>
    public static bool IsBinaryOnly(TensorElementType type) => type is TensorElementType.Float16 or TensorElementType.BFloat16;

    /// <summary>Bytes of one element; 0 for <c>BYTES</c>, whose elements vary.</summary>
    public static int Bytes(TensorElementType type) => Array.Find(All, datatype => datatype.Type == type).Bytes;

    /// <summary>The element type of a name; false for a name that the protocol does not have.</summary>
    public static bool TryParse(string name, out TensorElementType type)
    {
        foreach (var datatype in All)
        {
            if (datatype.Name == name)
            {
                type = datatype.Type;
                return true;
            }
        }

        type = default;
        return false;
    }
}
