using Scoring.Inference.Buffers;

namespace Scoring.Inference;

/// <summary>Varying dimensions of rows that carry one name in several places, and so must have one size in a run.</summary>
internal sealed class SharedSymbols
{
    private readonly (TensorBuffer Input, int Axis)[][] groups;

    public SharedSymbols(InputBuffer[] inputs)
    {
        groups = [.. inputs.OfType<TensorBuffer>()
            .SelectMany(input => Enumerable.Range(1, Math.Max(0, input.Spec.Rank - 1)).Select(axis => (Input: input, Axis: axis)))
            .Where(place => place.Input.Spec.Dimensions[place.Axis] is { IsDynamic: true, Symbol.Length: > 0 })
            .GroupBy(place => place.Input.Spec.Dimensions[place.Axis].Symbol)
            .Where(group => group.Count() > 1)
            .Select(group => group.ToArray())];
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
