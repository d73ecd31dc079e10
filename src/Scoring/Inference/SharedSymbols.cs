using Scoring.Inference.Buffers;

namespace Scoring.Inference;

/// <summary>Varying dimensions of rows that carry one name in several places, and so must have one size in a run.</summary>
internal sealed class SharedSymbols
{
    private readonly (TensorBuffer Input, int Axis)[][] groups;

    public SharedSymbols(InputBuffer[] inputs)
    {
        var places = new Dictionary<string, List<(TensorBuffer Input, int Axis)>>();
        foreach (var input in inputs.OfType<TensorBuffer>())
        {
            for (var axis = 1; axis < input.Spec.Rank; axis++)
            {
                if (input.Spec.Dimensions[axis] is { IsDynamic: true, Symbol: { Length: > 0 } symbol })
                {
                    if (!places.TryGetValue(symbol, out var named))
                    {
                        places[symbol] = named = [];
                    }

                    named.Add((input, axis));
                }
            }
        }

        groups = [.. places.Values.Where(named => named.Count > 1).Select(named => named.ToArray())];
    }

    /// <summary>Checks the row being written; false when a fault was added.</summary>
    public bool Agree(FaultSite site)
    {
        var agree = true;
        foreach (var group in groups)
        {
            TensorBuffer? first = null;
            var expected = -1L;
            foreach (var (input, axis) in group)
            {
                if (!input.HasPending)
                {
                    continue;
                }

                var size = input.PendingSizes[axis - input.Shape.FirstAxis];
                if (first is null)
                {
                    first = input;
                    expected = size;
                }
                else if (size != expected)
                {
                    site.Add(ErrorCode.ShapeMismatch, input.Spec.Name, $"found {size} elements along axis {axis} ({input.Spec.Dimensions[axis]}); expected {expected} as in '{first.Spec.Name}'");
                    agree = false;
                }
            }
        }

        return agree;
    }
}
