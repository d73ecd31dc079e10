using System.Diagnostics;
using TestCommon;

namespace Scoring.Tests.Serving.Probing;

/// <summary>Compiles a C file that lies beside this one.</summary>
internal static class CompilerRun
{
    /// <summary>Compiles it; fails with what the compiler says.</summary>
    /// <param name="source">The name of the file.</param>
    /// <param name="output">Where the result goes.</param>
    /// <param name="options">What else the compiler is told.</param>
    public static async Task CompileAsync(string source, string output, params string[] options)
    {
        var start = new ProcessStartInfo("cc", [.. options, Checkout.PathTo("tests", "Scoring.Tests", "Serving", "Probing", source), "-o", output]) { RedirectStandardError = true };
        using var compiler = Process.Start(start)!;
        var errors = await compiler.StandardError.ReadToEndAsync();
        await compiler.WaitForExitAsync();
        Assert.True(compiler.ExitCode == 0, errors);
    }
}
