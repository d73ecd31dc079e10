using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Inference.Buffers;

namespace Scoring.Protocol.OpenInference;

/// <summary>A tensor of a request in native form, with the memory that it points into where that is its own.</summary>
internal sealed class TensorPart(TensorElementType type, long[] shape, OrtValue value, nint address, TensorMemory? memory) : IDisposable
{
    private OrtValue? value = value;

    public TensorElementType Type { get; } = type;

    public long[] Shape { get; } = shape;

    /// <summary>Address of the first element; 0 for texts.</summary>
    public nint Address => address;

    /// <summary>The native value; this object owns it.</summary>
    public OrtValue Value => value!;

    /// <summary>Hands the native value over; its memory stays with this object.</summary>
    public OrtValue Take()
    {
        var taken = value!;
        value = null;
        return taken;
    }

    /// <summary>A native value of one item along the outermost dimension; the caller owns it.</summary>
    public OrtValue Item(int index)
    {
        var shape = Shape[1..];
        var length = 1;
        foreach (var size in shape)
        {
            length *= (int)size;
        }

        if (Type != TensorElementType.String)
        {
            var bytes = length * Datatypes.Bytes(Type);
            return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, Type, shape, address + (index * bytes), bytes);
        }

        var item = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        for (var element = 0; element < length; element++)
        {
            item.StringTensorSetElementAt(Value.GetStringElementAsSpan((index * length) + element), element);
        }

        return item;
    }

    public void Dispose()
    {
        value?.Dispose();
        memory?.Dispose();
    }
}
