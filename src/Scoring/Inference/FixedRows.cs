using Scoring.Inference.Buffers;

namespace Scoring.Inference;

/// <summary>Inputs whose outermost dimensions are fixed, and so cannot all count rows: an instance then gives the whole of those that do not.</summary>
internal sealed class FixedRows(InputBuffer[] inputs)
{
    private readonly bool mayDisagree = inputs.Length > 1 && Array.Exists(inputs, input => input.FixedRows > 1);

    /// <summary>Checks the row being written; false when a fault was added.</summary>
    public bool Agree(FaultSite site)
    {
        if (!mayDisagree)
        {
            return true;
        }

        // A run takes one whole input, so it carries one instance: each other input has one row.
        var hasWhole = Array.Exists(inputs, input => input.HasPending && (input.IsWhole || input.Spec is { Rank: 0, IsUnranked: false }));
        var expected = hasWhole ? 1 : Array.Find(inputs, input => input.HasPending && input.FixedRows > 0)?.FixedRows ?? 0;
        var agree = true;
        foreach (var input in inputs)
        {
            if (input.HasPending && !input.IsWhole && input.FixedRows > 0 && input.FixedRows != expected)
            {
                site.AddAbsent(ErrorCode.ShapeMismatch, input.Spec.Name, $"found one row; expected the whole input, {input.Spec}, since its outermost dimension is not the count of rows of the other inputs");
                agree = false;
            }
        }

        return agree;
    }
}
