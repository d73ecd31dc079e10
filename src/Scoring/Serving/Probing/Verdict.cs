using Scoring.Repository;

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
    string ContentHash, string OnnxRuntime, string Processor, DateTimeOffset At, ProbeReport Report, bool HasServed = false, string? PointerTag = null)
{
    /// <summary>Reads what was written; null where there is none, or where it is damaged.</summary>
    internal static Verdict? Read(byte[]? json) => SmallJson.Read(json, static root => new Verdict(
        root.Text("contentHash"), root.Text("onnxRuntime"), root.Text("processor"), root.GetProperty("at").GetDateTimeOffset(), ProbeReport.Read(root.GetProperty("report")),
        root.TryGetProperty("hasServed", out var hasServed) && hasServed.GetBoolean(), root.OptionalText("pointerTag")));

    internal byte[] ToJson() => SmallJson.Write(writer =>
    {
        writer.WriteString("contentHash", ContentHash);
        writer.WriteString("onnxRuntime", OnnxRuntime);
        writer.WriteString("processor", Processor);
        writer.WriteString("at", At);
        Report.Write(writer, "report");
        writer.WriteBoolean("hasServed", HasServed);
        writer.WriteOptional("pointerTag", PointerTag);
    });
}
