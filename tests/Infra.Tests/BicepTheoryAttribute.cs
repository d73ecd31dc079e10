namespace InfraTests;

/// <summary>A theory that needs the Bicep compiler; skipped, with the reason, where it is not restored.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BicepTheoryAttribute : TheoryAttribute
{
    /// <param name="node">Whether the theory needs the parsers in tools/ as well.</param>
    public BicepTheoryAttribute(bool node = false) => Skip = BicepCompiler.ReasonToSkip ?? (node ? NodeTools.ReasonToSkip : null);
}
