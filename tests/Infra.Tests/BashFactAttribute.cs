namespace InfraTests;

/// <summary>A fact about a script of <c>eng/</c>; skipped on Windows.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BashFactAttribute : FactAttribute
{
    public BashFactAttribute() => Skip = OperatingSystem.IsWindows() ? "The scripts of eng/ want bash." : null;
}
