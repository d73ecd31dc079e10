using Microsoft.ML.OnnxRuntime;
using Scoring.Inference;

namespace Scoring.Protocol.OpenInference;

/// <summary>Makes a model's input from the tensors that it came in.</summary>
internal static class ValueAssembly
{
    /// <summary>The native value, which the caller owns while its parts live; null when it was left out or faults were added.</summary>
    public static OrtValue? Make(ValueSpec spec, Func<TensorRole, int, TensorPart?> part, FaultList faults)
    {
        var whole = part(TensorRole.Whole, 0);
        switch (spec.Kind)
        {
            case ValueKind.Tensor:
                return whole?.Take();
            case ValueKind.Sequence when spec.Element!.Kind == ValueKind.Tensor:
                return Sequence(spec, whole, part, faults);
            case ValueKind.Map:
                return Pair(spec, whole, part(TensorRole.Keys, 0), faults) is { } pair ? Map(pair.Keys.Take(), pair.Values.Take()) : null;
            case ValueKind.Sequence when spec.Element!.Kind == ValueKind.Map:
                return Pair(spec, whole, part(TensorRole.Keys, 0), faults) is { } rows ? Maps(rows.Keys, rows.Values) : null;
            default:
                return null;
        }
    }

    private static OrtValue? Sequence(ValueSpec spec, TensorPart? whole, Func<TensorRole, int, TensorPart?> part, FaultList faults)
    {
        var items = new List<OrtValue>();
        for (var index = 0; whole is not null && whole.Shape.Length > 0 && index < whole.Shape[0]; index++)
        {
            items.Add(whole.Item(index));
        }

        for (var index = 0; part(TensorRole.Item, index) is { } item; index++)
        {
            items.Add(item.Take());
        }

        if (items.Count > 0)
        {
            return OrtValue.CreateSequence(items);
        }

        if (whole is not null || part(TensorRole.Item, 1) is not null)
        {
            faults.Add(ErrorCode.ShapeMismatch, "/inputs", $"the sequence '{spec.Name}' has no first item; expected at least one, counted from '{spec.Name}/0'");
        }

        return null;
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
