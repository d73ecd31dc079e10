namespace ModelTool.Quantizing;

/// <summary>What a rewrite did.</summary>
/// <param name="Products">Matrix products whose matrix became smaller.</param>
/// <param name="Tables">Tables of Gather whose rows are stored as INT8.</param>
/// <param name="AddedOperators">Operators more than before.</param>
/// <param name="Left">What stays as it is, and why.</param>
/// <param name="Names">What became smaller.</param>
internal sealed record QuantizationPlan(int Products, int Tables, int AddedOperators, IReadOnlyList<string> Left, IReadOnlyList<string> Names)
{
    /// <summary>Convolutions that became INT8.</summary>
    public int Convolutions { get; init; }

    /// <summary>Constants that became float16.</summary>
    public int Halves { get; init; }

    /// <summary>True where nothing was rewritten.</summary>
    public bool IsEmpty => Products + Tables + Convolutions + Halves == 0;

    /// <summary>What was rewritten, for people.</summary>
    public string Sentence(QuantizationMode mode)
    {
        var products = mode.Block() > 0 ? $"{Products} matrix products became 4-bit" : $"{Products} matrix products";
        return mode == QuantizationMode.Float16 ? $"{Halves} constants became float16"
            : mode.Block() > 0 ? $"{products}, {Tables} tables INT8"
            : $"{products}{(Convolutions > 0 ? $", {Convolutions} convolutions" : "")} and {Tables} tables became INT8";
    }
}
