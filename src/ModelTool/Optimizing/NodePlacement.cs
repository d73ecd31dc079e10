namespace ModelTool.Optimizing;

/// <summary>Where one operator of the loaded graph ran.</summary>
/// <param name="Provider">ONNX Runtime's name of the execution provider, such as <c>CPUExecutionProvider</c>.</param>
internal sealed record NodePlacement(string Node, string Operator, string Provider);
