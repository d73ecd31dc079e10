using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Inference.Elements;

namespace Scoring.Inference.Buffers;

/// <summary>Makes the buffer that fits an input or output.</summary>
internal static class BufferFactory
{
    public static InputBuffer Input(ValueSpec spec, bool optional) => spec.Kind switch
    {
        ValueKind.Tensor when spec.HoldsBytes => new ObjectBuffer(spec, optional),
        ValueKind.Tensor => spec.ElementType switch
        {
            TensorElementType.Float => new TensorBuffer<float, FloatElement<float>>(spec, optional),
            TensorElementType.Double => new TensorBuffer<double, FloatElement<double>>(spec, optional),
            TensorElementType.Float16 => new TensorBuffer<Half, FloatElement<Half>>(spec, optional),
            TensorElementType.BFloat16 => new TensorBuffer<BFloat16, BFloat16Element>(spec, optional),
            TensorElementType.Int8 => new TensorBuffer<sbyte, IntegerElement<sbyte>>(spec, optional),
            TensorElementType.Int16 => new TensorBuffer<short, IntegerElement<short>>(spec, optional),
            TensorElementType.Int32 => new TensorBuffer<int, IntegerElement<int>>(spec, optional),
            TensorElementType.Int64 => new TensorBuffer<long, IntegerElement<long>>(spec, optional),
            TensorElementType.UInt8 => new TensorBuffer<byte, IntegerElement<byte>>(spec, optional),
            TensorElementType.UInt16 => new TensorBuffer<ushort, IntegerElement<ushort>>(spec, optional),
            TensorElementType.UInt32 => new TensorBuffer<uint, IntegerElement<uint>>(spec, optional),
            TensorElementType.UInt64 => new TensorBuffer<ulong, IntegerElement<ulong>>(spec, optional),
            TensorElementType.Bool => new TensorBuffer<bool, BoolElement>(spec, optional),
            TensorElementType.String => new StringBuffer(spec, optional),
            _ => throw Unserved(spec),
        },
        _ => new ObjectBuffer(spec, optional),
    };

    /// <summary>Puts the buffers of a text in the place of those that stood for its inputs, and gives the one of its ids.</summary>
    public static TokenBuffer Tokens(TokenInputs text, InputBuffer[] inputs)
    {
        var ids = new TokenBuffer(inputs[text.Ids].Spec, text);
        inputs[text.Ids] = ids;
        foreach (var (index, marksSecond) in new[] { (text.AttentionMask, false), (text.TypeIds, true) })
        {
            if (index >= 0)
            {
                var marks = new TokenMarkBuffer(inputs[index].Spec, ids, marksSecond);
                ids.Add(marks);
                inputs[index] = marks;
            }
        }

        return ids;
    }

    public static OutputBuffer Output(ValueSpec spec, bool followsRows) => spec.Kind switch
    {
        ValueKind.Tensor => spec.ElementType switch
        {
            TensorElementType.Float => new TensorOutput<float, FloatElement<float>>(spec, followsRows),
            TensorElementType.Double => new TensorOutput<double, FloatElement<double>>(spec, followsRows),
            TensorElementType.Float16 => new TensorOutput<Half, FloatElement<Half>>(spec, followsRows),
            TensorElementType.BFloat16 => new TensorOutput<BFloat16, BFloat16Element>(spec, followsRows),
            TensorElementType.Int8 => new TensorOutput<sbyte, IntegerElement<sbyte>>(spec, followsRows),
            TensorElementType.Int16 => new TensorOutput<short, IntegerElement<short>>(spec, followsRows),
            TensorElementType.Int32 => new TensorOutput<int, IntegerElement<int>>(spec, followsRows),
            TensorElementType.Int64 => new TensorOutput<long, IntegerElement<long>>(spec, followsRows),
            TensorElementType.UInt8 => new TensorOutput<byte, IntegerElement<byte>>(spec, followsRows),
            TensorElementType.UInt16 => new TensorOutput<ushort, IntegerElement<ushort>>(spec, followsRows),
            TensorElementType.UInt32 => new TensorOutput<uint, IntegerElement<uint>>(spec, followsRows),
            TensorElementType.UInt64 => new TensorOutput<ulong, IntegerElement<ulong>>(spec, followsRows),
            TensorElementType.Bool => new TensorOutput<bool, BoolElement>(spec, followsRows),
            TensorElementType.String => new StringOutput(spec, followsRows),
            _ => throw Unserved(spec),
        },
        _ => new ObjectOutput(spec, followsRows),
    };

    private static ScoringException Unserved(ValueSpec spec)
        => new(ErrorCode.ModelUnavailable, $"'{spec.Name}' has the element type {spec.ElementType.Name()}, for which the Open Inference Protocol has no datatype. Cast it inside the graph to one that it has, such as int8 or float32.");
}
