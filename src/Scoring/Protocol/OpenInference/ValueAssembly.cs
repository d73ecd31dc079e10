using Microsoft.ML.OnnxRuntime;
using Scoring.Inference;
using Scoring.Inference.Buffers;

namespace Scoring.Protocol.OpenInference;

/// <summary>Makes a model's input from the tensors that it came in.</summary>
internal static class ValueAssembly
{
    private const int MaxItems = ObjectBuffer.MaxItems;

    /// <summary>The native value, which the caller owns while its parts live; null when it was left out or faults were added.</summary>
    /// <param name="spec">The model's input.</param>
    /// <param name="part">The tensor of a role, and of an index among the items; null where it was not given.</param>
    /// <param name="items">Count of the tensors given as items.</param>
    /// <param name="faults">Receives what is wrong.</param>
    public static OrtValue? Make(ValueSpec spec, Func<TensorRole, int, TensorPart?> part, int items, FaultList faults)
    {
        var whole = part(TensorRole.Whole, 0);
        switch (spec.Kind)
        {
            case ValueKind.Tensor:
                return whole?.Take();
            case ValueKind.Sequence when spec.Element!.Kind == ValueKind.Tensor:
                return Sequence(spec, whole, part, items, faults);
            case ValueKind.Map:
                return Pair(spec, whole, part(TensorRole.Keys, 0), faults) is { } pair ? Map(pair.Keys.Take(), pair.Values.Take()) : null;
            case ValueKind.Sequence when spec.Element!.Kind == ValueKind.Map:
                return Pair(spec, whole, part(TensorRole.Keys, 0), faults) is { } rows ? Maps(rows.Keys, rows.Values) : null;
            default:
                return null;
        }
    }

    private static OrtValue? Sequence(ValueSpec spec, TensorPart? whole, Func<TensorRole, int, TensorPart?> part, int items, FaultList faults)
    {
        if (whole is null && items == 0)
        {
            return null;
        }

        var count = whole is null ? items : whole.Shape.Length == 0 ? 0 : whole.Shape[0];
        if (count is 0 or > MaxItems || (whole is not null && items > 0) || (whole is null && !Enumerable.Range(0, items).All(index => part(TensorRole.Item, index) is not null)))
        {
            faults.Add(
                ErrorCode.ShapeMismatch, "/inputs", $"the sequence '{spec.Name}' came as no row of items; expected 1 to {MaxItems}, stacked as '{spec.Name}' or one by one as '{spec.Name}/0', '{spec.Name}/1' and so on");
            return null;
        }

        return OrtValue.CreateSequence(Enumerable.Range(0, (int)count).Select(index => whole?.Item(index) ?? part(TensorRole.Item, index)!.Take()).ToList());
    }

    private static (TensorPart Keys, TensorPart Values)? Pair(ValueSpec spec, TensorPart? values, TensorPart? keys, FaultList faults)
    {
        if (values is null && keys is null)
        {
            return null;
        }

        if (values is null || keys is null)
        {
            faults.Add(ErrorCode.MissingFeature, "/inputs", $"the input '{spec.Name}' came without its {(values is null ? "values" : "keys")}; expected both '{spec.Name}' and '{spec.Name}/keys'");
            return null;
        }

        if (spec.Kind == ValueKind.Sequence && values.Shape[0] is 0 or > MaxItems)
        {
            faults.Add(ErrorCode.ShapeMismatch, "/inputs", $"found {values.Shape[0]} maps in '{spec.Name}'; expected 1 to {MaxItems}");
            return null;
        }

        if (values.Shape[^1] != keys.Shape[0])
        {
            faults.Add(ErrorCode.ShapeMismatch, "/inputs", $"found {values.Shape[^1]} values and {keys.Shape[0]} keys of '{spec.Name}'; expected as many of both");
            return null;
        }

        return (keys, values);
    }

    private static OrtValue Map(OrtValue keys, OrtValue values) => OrtValue.CreateMap(ref keys!, ref values!);

    private static OrtValue Maps(TensorPart keys, TensorPart values)
    {
        var stacked = new TensorPart(keys.Type, [1, .. keys.Shape], keys.Value, keys.Address, null);
        var rows = new List<OrtValue>();
        for (var row = 0; row < values.Shape[0]; row++)
        {
            rows.Add(Map(stacked.Item(0), values.Item(row)));
        }

        return OrtValue.CreateSequence(rows);
    }
}
