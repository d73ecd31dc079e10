namespace ModelTool.Quantizing;

/// <summary>What a rewrite did.</summary>
/// <param name="Products">Matrix products that became INT8.</param>
/// <param name="Tables">Tables of Gather whose rows are stored as INT8.</param>
/// <param name="AddedOperators">Operators more than before.</param>
/// <param name="Left">Matrix products and tables that stay as they are, and why.</param>
/// <param name="Names">What became INT8.</param>
internal sealed record QuantizationPlan(int Products, int Tables, int AddedOperators, IReadOnlyList<string> Left, IReadOnlyList<string> Names);
