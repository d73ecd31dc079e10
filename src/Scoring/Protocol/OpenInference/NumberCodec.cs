using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Scoring.Inference.Buffers;
using Scoring.Inference.Elements;

namespace Scoring.Protocol.OpenInference;

/// <summary>Tensors of numbers and booleans.</summary>
internal sealed class NumberCodec<T, TElement> : TensorCodec
    where T : unmanaged
    where TElement : IElement<T>
{
    public override unsafe TensorPart? Read(ref Utf8JsonReader reader, long[] shape, int count, bool isBase64, TensorSite site)
    {
        var memory = TensorMemory.Rent(checked(count * sizeof(T)));
        try
        {
            var sink = new NumberSink<T, TElement>(MemoryMarshal.Cast<byte, T>(memory.Span));
            if (TryReadData(ref reader, ref sink, shape, count, site))
            {
                var value = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TElement.Type, shape, memory.Address, memory.Length);
                return new TensorPart(TElement.Type, shape, value, memory.Address, memory);
            }
        }
        catch
        {
            memory.Dispose();
            throw;
        }

        memory.Dispose();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, OrtValue value)
    {
        foreach (var element in MemoryMarshal.Cast<byte, T>(value.GetTensorMutableRawData()))
        {
            TElement.Write(writer, element);
        }
    }
}
