namespace ModelTool.Measuring;

/// <summary>An input or output and what it is, such as <c>float32 [rows, 23]</c>.</summary>
internal sealed record NamedValue(string Name, string Type);
