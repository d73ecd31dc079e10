using System.Globalization;
using System.Text.Json;
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
        root.Text("contentHash"), root.Text("onnxRuntime"), root.Text("processor"), root.GetProperty("at").GetDateTimeOffset(), ReadReport(root.GetProperty("report")),
        root.TryGetProperty("hasServed", out var hasServed) && hasServed.GetBoolean(), root.OptionalText("pointerTag")));

    private static ProbeReport ReadReport(JsonElement report) => new(
        report.OptionalText("refusal") is { } refusal ? Enum.Parse<RefusalKind>(refusal) : null, report.OptionalText("reason"),
        Span(report, "load"), report.GetProperty("cases").GetInt32(), Span(report, "casesTook"),
        report.GetProperty("memoryBytes").GetInt64(), report.GetProperty("peakBytes").GetInt64());

    private static TimeSpan Span(JsonElement report, string name) => TimeSpan.ParseExact(report.Text(name), "c", CultureInfo.InvariantCulture);
}
