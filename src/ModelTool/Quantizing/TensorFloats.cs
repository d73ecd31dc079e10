using System.Runtime.InteropServices;
using Google.Protobuf;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Quantizing;

/// <summary>Floating-point constants read, and constants written.</summary>
internal static class TensorFloats
{
    /// <summary>The elements of a float32 or float16 constant, row-major; null for any other, or one that lies in a file of its own.</summary>
    public static float[]? Read(TensorProto tensor) => (DataType)tensor.DataType switch
    {
        _ when tensor.DataLocation == TensorProto.Types.DataLocation.External => null,
        DataType.Float => tensor.HasRawData ? MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray() : [.. tensor.FloatData],

        // Without raw bytes a float16 is the lower half of an int32.
        DataType.Float16 => tensor.HasRawData
            ? Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(tensor.RawData.Span).ToArray(), value => (float)value)
            : [.. tensor.Int32Data.Select(bits => (float)BitConverter.UInt16BitsToHalf((ushort)bits))],
        _ => null,
    };

    /// <summary>What a constant's elements take in a file; 0 for types that are no numbers of fixed size.</summary>
    public static long Bytes(TensorProto tensor) => Models.ModelFile.Elements(tensor) * (DataType)tensor.DataType switch
    {
        DataType.Float or DataType.Int32 or DataType.Uint32 => 4,
        DataType.Double or DataType.Int64 or DataType.Uint64 => 8,
        DataType.Float16 or DataType.Bfloat16 or DataType.Int16 or DataType.Uint16 => 2,
        DataType.Int8 or DataType.Uint8 or DataType.Bool => 1,
        _ => 0,
    };

    public static TensorProto Write(string name, ReadOnlySpan<float> values, params long[] dims) => Raw(name, DataType.Float, MemoryMarshal.AsBytes(values), dims);

    public static TensorProto Write(string name, ReadOnlySpan<sbyte> values, params long[] dims) => Raw(name, DataType.Int8, MemoryMarshal.AsBytes(values), dims);

    public static TensorProto Write(string name, ReadOnlySpan<byte> values, params long[] dims) => Raw(name, DataType.Uint8, values, dims);

    public static TensorProto Write(string name, ReadOnlySpan<int> values, params long[] dims) => Raw(name, DataType.Int32, MemoryMarshal.AsBytes(values), dims);

    public static TensorProto Write(string name, ReadOnlySpan<Half> values, params long[] dims) => Raw(name, DataType.Float16, MemoryMarshal.AsBytes(values), dims);

    /// <summary>A constant of the same name, type and shape with other elements.</summary>
    public static void Overwrite(TensorProto tensor, float[] values)
    {
        tensor.FloatData.Clear();
        tensor.Int32Data.Clear();
        tensor.RawData = (DataType)tensor.DataType == DataType.Float16
            ? ByteString.CopyFrom(MemoryMarshal.AsBytes(Array.ConvertAll(values, value => (Half)value).AsSpan()))
            : ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan()));
    }

    private static TensorProto Raw(string name, DataType type, ReadOnlySpan<byte> bytes, long[] dims)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        tensor.Dims.AddRange(dims);
        return tensor;
    }
}
