using System.Diagnostics;

namespace TestCommon;

/// <summary>The model tool as a process of its own, as a person runs it.</summary>
internal static class ModelToolProcess
{
    /// <summary>The environment variable that names a tool to start in the place of the one that was built: one native file.</summary>
    public const string NativeFile = "SCORING_TESTS_NATIVE_TOOL";

    // Beside the tests that refer to it; otherwise where their own configuration built it.
    private static string Built => File.Exists(Path.Combine(AppContext.BaseDirectory, "model.dll"))
        ? Path.Combine(AppContext.BaseDirectory, "model.dll")
        : Checkout.PathTo("src", "ModelTool", "bin", AppContext.BaseDirectory.Contains("Debug", StringComparison.Ordinal) ? "Debug" : "Release", "net10.0", "model.dll");

    /// <summary>How to start it, with what it says redirected.</summary>
    public static ProcessStartInfo StartInfo(params string[] arguments) =>
        Environment.GetEnvironmentVariable(NativeFile) is { Length: > 0 } file ? StartInfoOf(file, arguments) : BuiltStartInfo(arguments);

    /// <summary>How to start the one that was built, whatever the environment names.</summary>
    public static ProcessStartInfo BuiltStartInfo(params string[] arguments) => StartInfoOf("dotnet", [Built, .. arguments]);

    /// <summary>How to start one native file.</summary>
    public static ProcessStartInfo StartInfoOf(string file, string[] arguments) => new(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
}
