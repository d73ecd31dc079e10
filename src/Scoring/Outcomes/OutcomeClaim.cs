namespace Scoring.Outcomes;

/// <summary>One outcome as it was sent: a receipt and what came true.</summary>
/// <param name="Pointer">Where it stands in the request.</param>
internal sealed record OutcomeClaim(string Pointer)
{
    /// <summary>The receipt; null where the claim has a fault.</summary>
    public string? Receipt { get; init; }

    /// <summary>The label that came true; null for other tasks.</summary>
    public string? Label { get; init; }

    /// <summary>The labels that came true; null for other tasks.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The labels as they stand in the request, in JSON: they become <see cref="Labels"/> once the receipt is known to be good. Empty for other tasks.</summary>
    public ReadOnlyMemory<byte> LabelsJson { get; init; }

    /// <summary>The value that came true; null for other tasks.</summary>
    public double? Value { get; init; }

    /// <summary>How many like it the outcome stands for.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Why it cannot be read; null where it can.</summary>
    public OutcomeFault? Fault { get; init; }
}
