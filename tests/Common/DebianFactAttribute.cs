namespace TestCommon;

/// <summary>
/// A fact that needs Debian packages; skipped where they are missing, with the command that installs them.
/// <c>./dev test</c> installs those that eng/debian-packages lists where it may.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DebianFactAttribute : FactAttribute
{
    /// <param name="packages">The packages' names: <c>chromium</c>, <c>wrk</c>.</param>
    public DebianFactAttribute(params string[] packages)
    {
        var missing = packages.Where(package => !IsInstalled(package)).ToArray();
        Skip = missing.Length == 0 ? null : $"Debian packages are missing: apt-get install {string.Join(' ', missing)}";
    }

    // dpkg keeps one list of files per installed package; that of a multi-arch library carries the architecture.
    private static bool IsInstalled(string package) =>
        File.Exists($"/var/lib/dpkg/info/{package}.list") || File.Exists($"/var/lib/dpkg/info/{package}:amd64.list");
}
