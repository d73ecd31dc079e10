namespace Scoring.Serving.Probing;

/// <summary>What a probe found of a content, on one version of ONNX Runtime and one kind of processor.</summary>
/// <param name="ContentHash">Of the package.</param>
/// <param name="OnnxRuntime">Version of the native library.</param>
/// <param name="Processor">Its instruction sets.</param>
/// <param name="At">When it was judged.</param>
/// <param name="Report">The probe's report.</param>
/// <param name="HasServed">True once a serving process has loaded it as well.</param>
/// <param name="PointerTag">On disk only: the live pointer that led to a refusal. Another one asks for another look.</param>
public sealed record Verdict(
    string ContentHash, string OnnxRuntime, string Processor, DateTimeOffset At, ProbeReport Report, bool HasServed = false, string? PointerTag = null);
