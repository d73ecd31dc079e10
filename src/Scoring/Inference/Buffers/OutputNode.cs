using System.Globalization;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Scoring.Inference.Buffers;

/// <summary>A value of an output that is no plain tensor, copied out of native memory.</summary>
internal abstract class OutputNode
{
    public abstract void Write(Utf8JsonWriter writer);

    public static OutputNode Read(OrtValue value, ValueSpec spec)
    {
        switch (spec.Kind)
        {
            case ValueKind.Tensor:
                var tensor = BufferFactory.Output(spec, followsRows: false);
                tensor.TryAppend(value, 1, 1, whole: true);
                return new TensorNode(tensor);
            case ValueKind.Sequence:
                var items = new List<OutputNode>(value.GetValueCount());
                for (var index = 0; index < items.Capacity; index++)
                {
                    using var item = value.GetValue(index, OrtAllocator.DefaultInstance);
                    items.Add(Read(item, spec.Element!));
                }

                return new SequenceNode(items);
            case ValueKind.Map:
                using (var keys = value.GetValue(0, OrtAllocator.DefaultInstance))
                using (var values = value.GetValue(1, OrtAllocator.DefaultInstance))
                {
                    return new MapNode(Keys(keys), spec.ElementType != TensorElementType.String, Values(values, spec.Element!));
                }

            default:
                // An optional output that has no value is reported as a none; ONNX Runtime hands out the value itself otherwise.
                return Read(value, spec.Element!);
        }
    }

    private static string[] Keys(OrtValue keys)
    {
        if (keys.GetTensorTypeAndShape().ElementDataType == TensorElementType.String)
        {
            return keys.GetStringTensorAsArray();
        }

        return [.. keys.GetTensorDataAsSpan<long>().ToArray().Select(key => key.ToString(CultureInfo.InvariantCulture))];
    }

    private static OutputBuffer Values(OrtValue values, ValueSpec element)
    {
        var spec = element with { ElementType = values.GetTensorTypeAndShape().ElementDataType, Dimensions = [new TensorDimension(-1, "")] };
        var buffer = BufferFactory.Output(spec, followsRows: true);
        var count = (int)values.GetTensorTypeAndShape().ElementCount;
        buffer.TryAppend(values, count, count, whole: false);
        return buffer;
    }
}

internal sealed class TensorNode(OutputBuffer tensor) : OutputNode
{
    public override void Write(Utf8JsonWriter writer) => tensor.WriteRow(writer, 0);
}

internal sealed class SequenceNode(IReadOnlyList<OutputNode> items) : OutputNode
{
    public IReadOnlyList<OutputNode> Items { get; } = items;

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var item in Items)
        {
            item.Write(writer);
        }

        writer.WriteEndArray();
    }
}

internal sealed class MapNode(string[] keys, bool keysAreNumbers, OutputBuffer values) : OutputNode
{
    public IReadOnlyList<string> Keys => keys;

    /// <summary>The same array; not to be changed.</summary>
    public string[] KeyArray => keys;

    /// <summary>True when the keys are int64; they are spelled in JSON as strings all the same.</summary>
    public bool KeysAreNumbers => keysAreNumbers;

    /// <summary>The value of the entry at <paramref name="index"/>; null where values are no numbers.</summary>
    public float? Number(int index)
    {
        if (values is not TensorOutput tensor)
        {
            return null;
        }

        Span<float> number = stackalloc float[1];
        tensor.CopyRow(index, number);
        return number[0];
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        for (var index = 0; index < keys.Length; index++)
        {
            writer.WritePropertyName(keys[index]);
            values.WriteRow(writer, index);
        }

        writer.WriteEndObject();
    }
}
