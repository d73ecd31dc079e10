namespace InfraTests;

/// <summary>A fact that needs the Bicep compiler; skipped, with the reason, where it is not restored.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BicepFactAttribute : FactAttribute
{
    /// <param name="node">Whether the fact needs the parsers in tools/ as well.</param>
    public BicepFactAttribute(bool node = false) => Skip = BicepCompiler.ReasonToSkip ?? (node ? NodeTools.ReasonToSkip : null);
}
