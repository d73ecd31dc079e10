using System.Globalization;
using System.Runtime.CompilerServices;
using Scoring.Inference;
using Scoring.Serving;

namespace Scoring.Protocol.OpenInference;

/// <summary>
/// A model's inputs and outputs as tensors. A map <c>m</c> is the tensors <c>m</c>, its values, and <c>m/keys</c>; a sequence of maps the same with a row of values each;
/// a sequence of tensors <c>s</c> is <c>s</c>, stacked, or <c>s/0</c>, <c>s/1</c>, … where the shapes differ. Immutable.
/// </summary>
internal sealed class InferSignature
{
    private const string KeysSuffix = "/keys";
    private static readonly TensorDimension Any = new(-1, "");

    private static readonly ConditionalWeakTable<LoadedModel, InferSignature> OfModels = [];

    private readonly Dictionary<string, InputSlot> slots = [];

    private InferSignature(ModelSignature signature)
    {
        Inputs = [.. signature.Inputs.Select(input => Unwrap(input)), .. signature.Overridable.Select(input => Unwrap(input))];
        Optional = [.. signature.Inputs.Select(input => input.Kind == ValueKind.Optional), .. signature.Overridable.Select(_ => true)];
        Outputs = [.. signature.Outputs.Select(output => Unwrap(output))];
        for (var index = 0; index < Inputs.Count; index++)
        {
            foreach (var (role, spec) in Tensors(Inputs[index]))
            {
                slots[spec.Name] = new InputSlot(index, role, 0, spec);
            }
        }
    }

    /// <summary>That of a model, made once.</summary>
    public static InferSignature Of(LoadedModel model) => OfModels.GetValue(model, loaded => new InferSignature(loaded.Session.Signature));

    /// <summary>The model's inputs, those that may be left out included; an optional is what it holds.</summary>
    public IReadOnlyList<ValueSpec> Inputs { get; }

    /// <summary>Whether the input of the same index may be left out.</summary>
    public IReadOnlyList<bool> Optional { get; }

    /// <summary>The model's outputs.</summary>
    public IReadOnlyList<ValueSpec> Outputs { get; }

    /// <summary>The tensors that a value is carried in; none for a value that the protocol cannot carry.</summary>
    public static IEnumerable<(TensorRole Role, ValueSpec Spec)> Tensors(ValueSpec value)
    {
        switch (value)
        {
            case { Kind: ValueKind.Tensor }:
                yield return (TensorRole.Whole, value);
                break;
            case { Kind: ValueKind.Map, Element.Kind: ValueKind.Tensor }:
                yield return (TensorRole.Whole, Tensor(value.Name, value.Element, [Any]));
                yield return (TensorRole.Keys, Keys(value.Name, value));
                break;
            case { Kind: ValueKind.Sequence, Element: { Kind: ValueKind.Map, Element.Kind: ValueKind.Tensor } map }:
                yield return (TensorRole.Whole, Tensor(value.Name, map.Element, [Any, Any]));
                yield return (TensorRole.Keys, Keys(value.Name, map));
                break;
            case { Kind: ValueKind.Sequence, Element: { Kind: ValueKind.Tensor } item }:
                yield return (TensorRole.Whole, Tensor(value.Name, item, [Any, .. Nameless(item).Dimensions]) with { IsUnranked = item.IsUnranked });
                break;
            default:
                break;
        }
    }

    /// <summary>What a tensor of that name is to the model; false for a name that it does not know.</summary>
    public bool TryFind(string name, out InputSlot slot)
    {
        if (slots.TryGetValue(name, out slot))
        {
            return true;
        }

        var slash = name.LastIndexOf('/');
        if (slash < 0
            || !int.TryParse(name.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var item)
            || !slots.TryGetValue(name[..slash], out var sequence)
            || Inputs[sequence.Input] is not { Kind: ValueKind.Sequence, Element: { Kind: ValueKind.Tensor } element })
        {
            return false;
        }

        slot = new InputSlot(sequence.Input, TensorRole.Item, item, Nameless(element) with { Name = name });
        return true;
    }

    /// <summary>Index of the output that a requested tensor belongs to, and which part it is; -1 for a name that the model does not know.</summary>
    public (int Output, TensorRole Role) FindOutput(string name)
    {
        for (var index = 0; index < Outputs.Count; index++)
        {
            foreach (var (role, spec) in Tensors(Outputs[index]))
            {
                if (spec.Name == name)
                {
                    return (index, role);
                }
            }
        }

        return (-1, TensorRole.Whole);
    }

    private static ValueSpec Unwrap(ValueSpec value) => value is { Kind: ValueKind.Optional, Element: { } element } ? element with { Name = value.Name } : value;

    // The items of a sequence need not have one shape, whatever their dimensions are called.
    private static ValueSpec Nameless(ValueSpec item)
        => item with { Dimensions = [.. item.Dimensions.Select(dimension => dimension with { Symbol = "" })] };

    private static ValueSpec Tensor(string name, ValueSpec element, IReadOnlyList<TensorDimension> dimensions)
        => new(name, ValueKind.Tensor, element.ElementType, dimensions);

    private static ValueSpec Keys(string name, ValueSpec map) => new(name + KeysSuffix, ValueKind.Tensor, map.ElementType, [Any]);
}
