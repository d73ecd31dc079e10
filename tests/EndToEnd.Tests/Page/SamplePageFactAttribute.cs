using TestCommon;

namespace EndToEnd.Tests.Page;

/// <summary>A fact about the page on a sample model; skipped where Chromium or the sample's package is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SamplePageFactAttribute : FactAttribute
{
    public SamplePageFactAttribute(string sample) => Skip = new DebianFactAttribute("chromium").Skip
        ?? (SamplePackage.Present.Contains(sample) ? null : $"samples/{sample}/package is not in this checkout.");
}
