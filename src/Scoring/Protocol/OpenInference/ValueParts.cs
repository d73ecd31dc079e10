using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Inference;

namespace Scoring.Protocol.OpenInference;

/// <summary>Takes a model's output apart into the tensors that carry it; the reverse of <see cref="ValueAssembly"/>.</summary>
internal static class ValueParts
{
    /// <summary>The tensors of one requested part; they own what they hold, and the value stays the caller's unless it is a tensor, whose owner they become.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InferenceFailed"/> for a value without a tensor form.</exception>
    public static IEnumerable<OutputTensor> Take(OrtValue value, ValueSpec spec, RequestedOutput wanted) => spec.Kind switch
    {
        ValueKind.Tensor => [Tensor(value, wanted.Name, wanted.IsBinary)],
        ValueKind.Map => [Map(value, wanted)],
        ValueKind.Sequence when spec.Element!.Kind == ValueKind.Map => [Maps(value, spec.Element, wanted)],
        ValueKind.Sequence when spec.Element!.Kind == ValueKind.Tensor => Items(value, spec.Element, wanted),
        _ => throw Formless(spec),
    };

    private static OutputTensor Tensor(OrtValue value, string name, bool isBinary)
    {
        var info = value.GetTensorTypeAndShape();
        return new OutputTensor(name, info.ElementDataType, info.Shape, [value], isBinary);
    }

    private static OutputTensor Map(OrtValue value, RequestedOutput wanted)
        => Tensor(value.GetValue(wanted.Role == TensorRole.Keys ? 0 : 1, OrtAllocator.DefaultInstance), wanted.Name, wanted.IsBinary);

    private static OutputTensor Maps(OrtValue value, ValueSpec map, RequestedOutput wanted)
    {
        var rows = value.GetValueCount();
        var keys = new List<OrtValue>(rows);
        var values = new List<OrtValue>(rows);
        for (var row = 0; row < rows; row++)
        {
            using var item = value.GetValue(row, OrtAllocator.DefaultInstance);
            keys.Add(item.GetValue(0, OrtAllocator.DefaultInstance));
            values.Add(item.GetValue(1, OrtAllocator.DefaultInstance));
        }

        if (keys.Exists(other => !SameElements(other, keys[0])))
        {
            keys.ForEach(key => key.Dispose());
            values.ForEach(entry => entry.Dispose());
            throw new ScoringException(ErrorCode.InferenceFailed, $"The maps of '{wanted.Name}' have not the same keys in every row, which has no tensor form; send instances.");
        }

        var count = rows == 0 ? 0 : keys[0].GetTensorTypeAndShape().ElementCount;
        if (wanted.Role == TensorRole.Keys)
        {
            values.ForEach(entry => entry.Dispose());
            keys.Skip(1).ToList().ForEach(key => key.Dispose());
            return new OutputTensor(wanted.Name, map.ElementType, [count], [.. keys.Take(1)], wanted.IsBinary);
        }

        keys.ForEach(key => key.Dispose());
        return new OutputTensor(wanted.Name, map.Element!.ElementType, [rows, count], values, wanted.IsBinary);
    }

    private static IEnumerable<OutputTensor> Items(OrtValue value, ValueSpec element, RequestedOutput wanted)
    {
        var items = new List<OrtValue>();
        for (var index = 0; index < value.GetValueCount(); index++)
        {
            items.Add(value.GetValue(index, OrtAllocator.DefaultInstance));
        }

        if (items.Count == 0)
        {
            return [new OutputTensor(wanted.Name, element.ElementType, [0], [], wanted.IsBinary)];
        }

        var shape = items[0].GetTensorTypeAndShape().Shape;
        return items.TrueForAll(item => item.GetTensorTypeAndShape().Shape.AsSpan().SequenceEqual(shape))
            ? [new OutputTensor(wanted.Name, element.ElementType, [items.Count, .. shape], items, wanted.IsBinary)]
            : items.Select((item, index) => Tensor(item, $"{wanted.Name}/{index}", wanted.IsBinary));
    }

    private static bool SameElements(OrtValue left, OrtValue right)
    {
        var count = left.GetTensorTypeAndShape().ElementCount;
        if (count != right.GetTensorTypeAndShape().ElementCount)
        {
            return false;
        }

        if (left.GetTensorTypeAndShape().ElementDataType != TensorElementType.String)
        {
            return left.GetTensorMutableRawData().SequenceEqual(right.GetTensorMutableRawData());
        }

        for (var index = 0; index < count; index++)
        {
            if (!left.GetStringElementAsSpan(index).SequenceEqual(right.GetStringElementAsSpan(index)))
            {
                return false;
            }
        }

        return true;
    }

    private static ScoringException Formless(ValueSpec spec)
        => new(ErrorCode.InferenceFailed, $"The output '{spec.Name}' is {spec}, which has no tensor form; send instances.");
}
