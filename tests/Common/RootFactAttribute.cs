namespace TestCommon;

/// <summary>A fact that gives a file to another user; skipped where the tests may not, which is said.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows() ? null : "Giving a file to another user takes root: run the tests as root.";
}
