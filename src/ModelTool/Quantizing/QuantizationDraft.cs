using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Native;
using Scoring.Onnx;

namespace ModelTool.Quantizing;

/// <summary>What a kind would do, known without running anything.</summary>
/// <param name="Plan">Null where it is refused.</param>
/// <param name="Bytes">Of the file.</param>
/// <param name="Refused">Why it is refused; null where it is not.</param>
internal sealed record QuantizationDraft(QuantizationMode Mode, QuantizationPlan? Plan, long Bytes, string? Refused)
{
    /// <summary>True where there is something to rewrite.</summary>
    public bool Applies => Plan is { IsEmpty: false };

    /// <summary>Rewrites a copy.</summary>
    public static QuantizationDraft Of(ModelProto original, QuantizationOptions options)
    {
        try
        {
            var model = original.Clone();
            var plan = ModelQuantizer.Rewrite(model, options);
            return new(options.Mode, plan, ExternalWeights.Write(model).Length, null);
        }
        catch (RefusedException e)
        {
            return new(options.Mode, null, 0, e.Message);
        }
    }

    /// <summary>Why it is not worth beginning; null where it is.</summary>
    public string? ReasonToDecline(long bytes, WorkFound work) =>
        Refused is not null ? Refused
        : !Applies ? $"there is nothing that {(Mode == QuantizationMode.Float16 ? "float16" : Mode.Block() > 0 ? "4 bits" : "INT8")} could replace.{Left}"
        : QuantizationReport.ReasonToDecline(Plan!, Mode, bytes, Bytes, work);

    private string Left => Plan!.Left.Count == 0 ? "" : $" Left: {string.Join("; ", Plan.Left)}.";
}
