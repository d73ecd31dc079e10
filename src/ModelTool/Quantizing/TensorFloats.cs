using System.Runtime.InteropServices;
using Google.Protobuf;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Quantizing;

/// <summary>float32 constants read, and constants written.</summary>
internal static class TensorFloats
{
    /// <summary>The elements, row-major; null for what is no float32 or lies in a file of its own.</summary>
    public static float[]? Read(TensorProto tensor) =>
        tensor.DataType != (int)DataType.Float || tensor.DataLocation == TensorProto.Types.DataLocation.External ? null
        : tensor.HasRawData ? MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray()
        : [.. tensor.FloatData];

    public static TensorProto Write(string name, ReadOnlySpan<float> values, params long[] dims) => Raw(name, DataType.Float, MemoryMarshal.AsBytes(values), dims);

    public static TensorProto Write(string name, ReadOnlySpan<sbyte> values, params long[] dims) => Raw(name, DataType.Int8, MemoryMarshal.AsBytes(values), dims);

    private static TensorProto Raw(string name, DataType type, ReadOnlySpan<byte> bytes, long[] dims)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        tensor.Dims.AddRange(dims);
        return tensor;
    }
}
