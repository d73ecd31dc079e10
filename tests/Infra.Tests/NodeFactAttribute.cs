namespace InfraTests;

/// <summary>A fact that needs the parsers in tools/; skipped, with the reason, where npm cannot install them.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeFactAttribute : FactAttribute
{
    /// <param name="shared">A file of <c>../shared</c> that the fact needs as well.</param>
    public NodeFactAttribute(string? shared = null) => Skip = NodeTools.ReasonToSkip ?? (shared is null ? null : SharedData.ReasonToSkip(shared));
}
