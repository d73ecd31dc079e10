using ModelTool.Packages;

namespace ModelTool.Quantizing;

/// <summary>What was tried, each with its package; disposing removes those that were not moved.</summary>
internal sealed class QuantizationAttempts : IDisposable
{
    private readonly List<(QuantizationAttempt Attempt, PackageCopy Copy)> made = [];

    public IReadOnlyList<QuantizationAttempt> Made => [.. made.Select(entry => entry.Attempt)];

    public void Add(QuantizationAttempt attempt, PackageCopy copy) => made.Add((attempt, copy));

    /// <summary>The fastest of the kinds that are for speed; otherwise, where those that save bytes were asked for, the smallest of them. Null where none is within the limits.</summary>
    public (QuantizationAttempt Attempt, PackageCopy Copy)? Best(bool isUnasked)
    {
        var kept = made.Where(entry => entry.Attempt.IsKept && !(isUnasked && entry.Attempt.Mode.IsForSize()))
            .OrderBy(entry => entry.Attempt.Mode.IsForSize())
            .ThenBy(entry => entry.Attempt.Mode.IsForSize() ? entry.Attempt.QuantizedBytes : entry.Attempt.Compared.LatencyRatio).ToList();
        return kept.Count > 0 ? kept[0] : null;
    }

    public void Dispose() => made.ForEach(entry => entry.Copy.Dispose());
}
