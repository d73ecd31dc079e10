namespace InfraTests;

/// <summary>A theory that needs the parsers in tools/; skipped, with the reason, where npm cannot install them.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeTheoryAttribute : TheoryAttribute
{
    /// <param name="shared">A file or folder of <c>../shared</c> that the theory needs as well.</param>
    public NodeTheoryAttribute(string? shared = null) => Skip = NodeTools.ReasonToSkip ?? (shared is null ? null : SharedData.ReasonToSkip(shared));
}
