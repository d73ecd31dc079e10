using System.Diagnostics;
using TestCommon;

namespace EndToEnd.Tests.Native;

/// <summary>Tests that were built, run once more with one thing changed.</summary>
internal static class TestRun
{
    /// <summary>Runs them, and fails unless there are some and all pass.</summary>
    /// <param name="project">Such as <c>EndToEnd.Tests</c>.</param>
    /// <param name="filter">Which of them.</param>
    /// <param name="variable">The environment variable that changes.</param>
    /// <param name="value">To what.</param>
    /// <returns>How many passed and were skipped.</returns>
    public static async Task<string> PassAsync(string project, string filter, string variable, string value)
    {
        var assembly = Checkout.PathTo("tests", project, Path.GetRelativePath(Checkout.PathTo("tests", "EndToEnd.Tests"), AppContext.BaseDirectory), $"{project}.dll");
        Assert.True(File.Exists(assembly), $"{assembly} is missing: build Functions.sln first.");
        var start = new ProcessStartInfo("dotnet", ["test", assembly, "--filter", filter, "--logger", "console;verbosity=normal"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[variable] = value;
        using var tests = Process.Start(start)!;
        var errors = tests.StandardError.ReadToEndAsync();
        var said = await tests.StandardOutput.ReadToEndAsync();
        await tests.WaitForExitAsync();

        Assert.True(tests.ExitCode == 0, $"{said}{await errors}");
        var counts = said.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("Passed:", StringComparison.Ordinal) || line.StartsWith("Skipped:", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(counts);
        return string.Join(", ", counts);
    }
}
