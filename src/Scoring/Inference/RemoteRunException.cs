namespace Scoring.Inference;

/// <summary>A run failed in the process of its model; the message is ONNX Runtime's.</summary>
internal sealed class RemoteRunException(string message) : Exception(message);
