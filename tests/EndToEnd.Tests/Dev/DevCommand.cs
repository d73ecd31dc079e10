using System.Diagnostics;
using TestCommon;

namespace EndToEnd.Tests.Dev;

/// <summary>One run of a script of the checkout (or of a copy of it), to its end.</summary>
internal sealed record DevCommand(int ExitCode, string Output, string Error)
{
    /// <summary>What it said on standard error, line by line.</summary>
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static Task<DevCommand> RunAsync(params string[] arguments) =>
        RunAsync(Checkout.PathTo("dev"), arguments, environment: []);

    public static async Task<DevCommand> RunAsync(string script, string[] arguments, Dictionary<string, string> environment)
    {
        using var process = Process.Start(StartInfo(script, arguments, environment))!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new DevCommand(process.ExitCode, await output, await error);
    }

    public static ProcessStartInfo StartInfo(string script, string[] arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("/bin/bash", [script, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The test host's own settings of MSBuild and of the app under test are none of the script's.
        foreach (var name in start.Environment.Keys.Where(IsOfTheTestHost).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static bool IsOfTheTestHost(string name) =>
        name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase) || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase) ||
        name.StartsWith("Scoring__", StringComparison.Ordinal);
}
