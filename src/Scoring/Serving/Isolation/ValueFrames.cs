using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Inference;

namespace Scoring.Serving.Isolation;

/// <summary>Native values as bytes: tensors of every type, and sequences and maps of them.</summary>
internal static class ValueFrames
{
    private const int MaxRank = 64;

    /// <summary>Appends a value.</summary>
    public static void Write(FrameBuffer frame, OrtValue value)
    {
        switch (value.OnnxType)
        {
            case OnnxValueType.ONNX_TYPE_SEQUENCE:
                WriteItems(frame, ValueKind.Sequence, value, value.GetValueCount());
                break;
            case OnnxValueType.ONNX_TYPE_MAP:
                WriteItems(frame, ValueKind.Map, value, 2);
                break;
            default:
                WriteTensor(frame, value);
                break;
        }
    }

    /// <summary>Appends a tensor that holds no texts.</summary>
    public static void WriteTensor(FrameBuffer frame, TensorElementType type, ReadOnlySpan<long> shape, ReadOnlySpan<byte> elements)
    {
        WriteHead(frame, type, shape);
        frame.Write((long)elements.Length);
        frame.Align();
        elements.CopyTo(frame.Append(elements.Length));
    }

    /// <summary>Reads a value.</summary>
    /// <param name="reader">Stands before it.</param>
    /// <param name="inPlace">Whether tensors are to point into the message, which then must outlive them.</param>
    public static OrtValue Read(ref FrameReader reader, bool inPlace)
    {
        var kind = (ValueKind)reader.Read<byte>();
        switch (kind)
        {
            case ValueKind.Tensor:
                return ReadTensor(ref reader, inPlace);
            case ValueKind.Sequence:
                return ReadSequence(ref reader, inPlace);
            case ValueKind.Map:
                reader.Count(1);
                var keys = Read(ref reader, inPlace);
                var values = Read(ref reader, inPlace);
                return OrtValue.CreateMap(ref keys!, ref values!);
            default:
                throw new InvalidDataException($"A message holds a value of the kind {kind}.");
        }
    }

    /// <summary>Reads a tensor that must be just so, into memory of the caller's; false where it is not.</summary>
    public static bool TryReadInto(ref FrameReader reader, TensorElementType type, ReadOnlySpan<long> shape, Span<byte> elements)
    {
        if (reader.Read<byte>() != (byte)ValueKind.Tensor)
        {
            return false;
        }

        var (foundType, foundShape) = ReadHead(ref reader);
        if (foundType != type || !foundShape.AsSpan().SequenceEqual(shape) || reader.Read<long>() != elements.Length)
        {
            return false;
        }

        reader.Align();
        reader.Take(elements.Length).CopyTo(elements);
        return true;
    }

    private static void WriteItems(FrameBuffer frame, ValueKind kind, OrtValue value, int count)
    {
        frame.Write((byte)kind);
        frame.Write(count);
        for (var index = 0; index < count; index++)
        {
            using var item = value.GetValue(index, OrtAllocator.DefaultInstance);
            Write(frame, item);
        }
    }

    private static void WriteTensor(FrameBuffer frame, OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        if (info.ElementDataType != TensorElementType.String)
        {
            WriteTensor(frame, info.ElementDataType, info.Shape, value.GetTensorMutableRawData());
            return;
        }

        WriteHead(frame, info.ElementDataType, info.Shape);
        for (var index = 0; index < info.ElementCount; index++)
        {
            var text = value.GetStringElementAsSpan(index);
            frame.Write(text.Length);
            text.CopyTo(frame.Append(text.Length));
        }
    }

    private static void WriteHead(FrameBuffer frame, TensorElementType type, ReadOnlySpan<long> shape)
    {
        frame.Write((byte)ValueKind.Tensor);
        frame.Write((int)type);
        frame.Write(shape.Length);
        foreach (var size in shape)
        {
            frame.Write(size);
        }
    }

    private static (TensorElementType Type, long[] Shape) ReadHead(ref FrameReader reader)
    {
        var type = (TensorElementType)reader.Read<int>();
        var rank = reader.Count(sizeof(long));
        if (rank > MaxRank)
        {
            throw new InvalidDataException($"A message holds a tensor of {rank} dimensions.");
        }

        var shape = new long[rank];
        for (var axis = 0; axis < rank; axis++)
        {
            shape[axis] = reader.Read<long>();
        }

        return (type, shape);
    }

    private static OrtValue ReadTensor(ref FrameReader reader, bool inPlace)
    {
        var (type, shape) = ReadHead(ref reader);
        if (type == TensorElementType.String)
        {
            return ReadTexts(ref reader, shape);
        }

        var bytes = reader.Read<long>();
        reader.Align();
        if (inPlace)
        {
            var address = reader.Address;
            reader.Take(bytes);
            return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, shape, address, bytes);
        }

        var elements = reader.Take(bytes);
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, shape);
        var target = value.GetTensorMutableRawData();
        if (target.Length != elements.Length)
        {
            value.Dispose();
            throw new InvalidDataException($"A message holds {elements.Length} bytes for a tensor of {target.Length}.");
        }

        elements.CopyTo(target);
        return value;
    }

    private static OrtValue ReadTexts(ref FrameReader reader, long[] shape)
    {
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        var count = value.GetTensorTypeAndShape().ElementCount;
        for (var index = 0; index < count; index++)
        {
            value.StringTensorSetElementAt(reader.Take(reader.Read<int>()), index);
        }

        return value;
    }

    private static OrtValue ReadSequence(ref FrameReader reader, bool inPlace)
    {
        var count = reader.Count(1);
        if (count == 0)
        {
            return EmptySequence.Create();
        }

        var items = new List<OrtValue>(count);
        for (var index = 0; index < count; index++)
        {
            items.Add(Read(ref reader, inPlace));
        }

        return OrtValue.CreateSequence(items);
    }
}
