using ModelTool.Quantizing;

namespace Scoring.Tests.Tooling;

/// <summary>A fact about the speed of INT8; skipped, saying so, on a processor whose byte products are no faster than float32.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class VnniFactAttribute : FactAttribute
{
    public VnniFactAttribute() => Skip = QuantizationOptions.HasVnni ? null : "This processor has no VNNI.";
}
