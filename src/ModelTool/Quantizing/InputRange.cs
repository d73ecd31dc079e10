namespace ModelTool.Quantizing;

/// <summary>What a product's input was seen to hold.</summary>
internal sealed record InputRange(float Min, float Max);
