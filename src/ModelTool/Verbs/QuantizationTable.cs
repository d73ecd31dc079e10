using ModelTool.Quantizing;

namespace ModelTool.Verbs;

/// <summary>What quantizing found: every kind beside the original, then the limits of the one that was kept, or of the only one.</summary>
internal static class QuantizationTable
{
    public static void Write(ToolContext context, QuantizationReport report)
    {
        var detailed = report.Attempts.Count == 1 ? report.Attempts[0] : report.Attempts.FirstOrDefault(attempt => attempt.Mode == report.Chosen && attempt.IsKept);
        if (report.Attempts.Count > 1)
        {
            WriteFront(context, report);
        }

        if (detailed is not null)
        {
            WriteLimits(context, report, detailed);
        }

        foreach (var kind in report.Declined.Where(_ => report.Attempts.Count > 0))
        {
            context.Answer($"Not tried: {kind.Mode.Name()}: {kind.Reason}");
        }

        context.Answer(report.Sentence);
    }

    private static void WriteFront(ToolContext context, QuantizationReport report)
    {
        // Each is timed turn by turn with the original: only the ratio is free of the machine's moods.
        var table = new ReportTable("kind", "bytes", "of all", "time", "answers", "front", "verdict");
        table.Add("as it is", Figures.Count(report.Bytes), "1", Figures.Duration(report.Work.Run.P50Microseconds), "", QuantizationFront.HoldsOriginal(report.Attempts) ? "yes" : "", "");
        foreach (var attempt in report.Attempts)
        {
            var worst = attempt.Limits.FirstOrDefault(limit => limit is { IsAccuracy: true, Kept: false }) ?? attempt.Limits.FirstOrDefault(limit => limit.IsAccuracy);
            table.Add(
                attempt.Mode.Name(), Figures.Count(attempt.QuantizedBytes), Figures.Text($"{attempt.BytesRatio:0.00}"), Figures.Text($"{attempt.Compared.LatencyRatio:0.00}"),
                worst is null ? "" : Figures.Text($"{worst.Name.Split(',')[0]} {worst.Found:0.0000}"), attempt.IsOnFront ? "yes" : "", Says(report, attempt));
        }

        table.Write(context);
    }

    private static string Says(QuantizationReport report, QuantizationAttempt attempt) =>
        attempt.IsKept ? attempt.Mode == report.Chosen ? "chosen" : "kept"
        : !attempt.IsAccurate ? "failed: answers"
        : attempt.BytesRatio > 1 ? "failed: bytes" : "failed: time";

    private static void WriteLimits(ToolContext context, QuantizationReport report, QuantizationAttempt attempt)
    {
        var (compared, plan) = (attempt.Compared, attempt.Plan);
        if (report.Attempts.Count > 1)
        {
            context.Answer($"{attempt.Mode.Name()}:");
        }

        LimitTable.Write(context, attempt.Limits);
        context.Answer(Figures.Text(
            $"{report.Bytes:#,0} bytes became {attempt.QuantizedBytes:#,0}; p50 {Figures.Duration(compared.Original.P50Microseconds)} became {Figures.Duration(compared.Changed.P50Microseconds)}; {compared.Compared} instances of {compared.Instances} compared."));
        var fused = attempt.Mode is QuantizationMode.Dynamic or QuantizationMode.Static ? $"; the runtime fused {compared.FusedProducts} of them" : "";
        context.Answer($"{plan.Sentence(attempt.Mode)}{fused}.{(plan.Left.Count == 0 ? "" : $" Left: {string.Join("; ", plan.Left)}.")}");
    }
}
