namespace TestCommon;

/// <summary>A fact that compiles a library of its own for Linux; skipped where there is no C compiler, which is said.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CompilerFactAttribute : FactAttribute
{
    /// <summary>Whether such a library can be made here.</summary>
    public static bool HasCompiler { get; } =
        OperatingSystem.IsLinux() && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "cc")));

    public CompilerFactAttribute() => Skip = HasCompiler ? null : "This test makes a library of its own, which takes a C compiler on Linux: install one as cc.";
}
