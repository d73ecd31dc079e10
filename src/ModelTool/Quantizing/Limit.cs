namespace ModelTool.Quantizing;

/// <summary>One thing that a smaller model must not spoil.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Found">The figure.</param>
/// <param name="Bound">What it may be.</param>
/// <param name="Kept">True where the figure is within the bound.</param>
internal sealed record Limit(string Name, double Found, double Bound, bool Kept)
{
    /// <summary>What the verdict is called, where more than kept and failed is to be said.</summary>
    public string Says { get; init; } = Kept ? "kept" : "failed";

    /// <summary>What the figure is made of, for people; null where it stands for itself.</summary>
    public string? Note { get; init; }

    /// <summary>True where it is about answers rather than about bytes or time.</summary>
    public bool IsAccuracy { get; init; }

    public static Limit AtMost(string name, double found, double bound) => new(name, found, bound, found <= bound);

    public static Limit AtLeast(string name, double found, double bound) => new(name, found, bound, found >= bound);
}
