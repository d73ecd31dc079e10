namespace Scoring.Inference;

/// <summary>One dimension of a tensor.</summary>
/// <param name="Size">The fixed size, or -1 where it may vary.</param>
/// <param name="Symbol">The name of a varying dimension, or empty. Dimensions of one symbol have one size within a run.</param>
public readonly record struct TensorDimension(long Size, string Symbol)
{
    /// <summary>True where the size is known only at the run.</summary>
    public bool IsDynamic => Size < 0;

    /// <summary>The symbol or size as messages show it; <c>?</c> for an unnamed varying one.</summary>
    public override string ToString() => !IsDynamic ? Size.ToString(System.Globalization.CultureInfo.InvariantCulture) : Symbol.Length > 0 ? Symbol : "?";
}
