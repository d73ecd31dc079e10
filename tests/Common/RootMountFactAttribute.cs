namespace TestCommon;

/// <summary>A fact that mounts a small file system; skipped where the tests may not, which is said.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootMountFactAttribute : FactAttribute
{
    public RootMountFactAttribute() => Skip = SmallDisk.IsPossible ? null : "Mounting a tmpfs takes root and Linux: run the tests as root.";
}
