using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace TestCommon.OpenInference;

/// <summary>A tensor, a sequence of tensors, or nothing, from a file of ONNX's backend tests.</summary>
/// <param name="Name">The name of the graph's input or output.</param>
/// <param name="IsSequence">True for a sequence of any count.</param>
/// <param name="Items">The tensor, or the sequence's; empty where an optional holds nothing.</param>
internal sealed record BackendValue(string Name, bool IsSequence, IReadOnlyList<TestTensor> Items)
{
    // Field numbers of SequenceProto.tensor_values, OptionalProto.tensor_value and OptionalProto.sequence_value in the ONNX data format.
    private const int TensorField = 3;
    private const int SequenceField = 5;

    /// <summary>True when a type of the value has a name in the protocol.</summary>
    public bool HasDatatype => Items.All(item => item.Datatype.Length > 0);

    /// <summary>The tensors that carry the value.</summary>
    public IEnumerable<TestTensor> Tensors() => IsSequence
        ? Items.Select((item, index) => item with { Name = string.Create(CultureInfo.InvariantCulture, $"{Name}/{index}") })
        : Items.Select(item => item with { Name = Name });

    public static BackendValue Parse(ValueInfoProto info, ByteString bytes) => Parse(info.Name, info.Type, bytes);

    private static BackendValue Parse(string name, TypeProto type, ByteString bytes)
    {
        if (type.OptionalType is { } optional)
        {
            var sequence = Messages(bytes, SequenceField).ToArray();
            return sequence.Length > 0
                ? Parse(name, optional.ElemType, sequence[0])
                : new BackendValue(name, false, [.. Messages(bytes, TensorField).Select(Tensor)]);
        }

        return type.SequenceType is null
            ? new BackendValue(name, false, [AsDeclared(type, Tensor(bytes))])
            : new BackendValue(name, true, [.. Messages(bytes, TensorField).Select(Tensor)]);
    }

    // These files hold bfloat16 under the type of its bits.
    private static TestTensor AsDeclared(TypeProto type, TestTensor tensor)
        => (DataType)type.TensorType.ElemType == DataType.Bfloat16 ? tensor with { Datatype = "BF16" } : tensor;

    private static IEnumerable<ByteString> Messages(ByteString bytes, int field)
    {
        var input = bytes.CreateCodedInput();
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (tag == WireFormat.MakeTag(field, WireFormat.WireType.LengthDelimited))
            {
                yield return input.ReadBytes();
            }
            else
            {
                input.SkipLastField();
            }
        }
    }

    private static TestTensor Tensor(ByteString bytes)
    {
        var tensor = TensorProto.Parser.ParseFrom(bytes);
        long[] shape = [.. tensor.Dims];
        var type = (DataType)tensor.DataType;
        return type == DataType.String
            ? TestTensor.Texts("", shape, [.. tensor.StringData.Select(text => text.ToByteArray())])
            : new TestTensor("", Datatype(type), shape, tensor.HasRawData ? tensor.RawData.ToByteArray() : Data(type, tensor));
    }

    private static string Datatype(DataType type) => type switch
    {
        DataType.Float => "FP32",
        DataType.Double => "FP64",
        DataType.Float16 => "FP16",
        DataType.Bfloat16 => "BF16",
        DataType.Bool or DataType.Int8 or DataType.Int16 or DataType.Int32 or DataType.Int64 => type.ToString().ToUpperInvariant(),
        DataType.Uint8 or DataType.Uint16 or DataType.Uint32 or DataType.Uint64 => type.ToString().ToUpperInvariant(),
        _ => "",
    };

    private static byte[] Data(DataType type, TensorProto tensor) => type switch
    {
        DataType.Float => MemoryMarshal.AsBytes<float>(tensor.FloatData.ToArray()).ToArray(),
        DataType.Double => MemoryMarshal.AsBytes<double>(tensor.DoubleData.ToArray()).ToArray(),
        DataType.Int64 => MemoryMarshal.AsBytes<long>(tensor.Int64Data.ToArray()).ToArray(),
        DataType.Uint64 => MemoryMarshal.AsBytes<ulong>(tensor.Uint64Data.ToArray()).ToArray(),
        DataType.Uint32 => [.. tensor.Uint64Data.SelectMany(value => BitConverter.GetBytes((uint)value))],
        DataType.Int32 => MemoryMarshal.AsBytes<int>(tensor.Int32Data.ToArray()).ToArray(),
        DataType.Bool or DataType.Int8 or DataType.Uint8 => [.. tensor.Int32Data.Select(value => (byte)value)],
        _ => [.. tensor.Int32Data.SelectMany(value => BitConverter.GetBytes((ushort)value))],
    };
}
