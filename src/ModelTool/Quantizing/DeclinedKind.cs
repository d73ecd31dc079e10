namespace ModelTool.Quantizing;

/// <summary>A kind that was not tried, and why.</summary>
internal sealed record DeclinedKind(QuantizationMode Mode, string Reason);
