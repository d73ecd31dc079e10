using System.Diagnostics;
using System.Text.Json;
using TestCommon;

namespace Scoring.Tests.Tooling;

/// <summary>The tool, run as a person runs it: a process of its own, its output and its exit code.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Errors)
{
    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Output);
            return document.RootElement.Clone();
        }
    }

    public static Task<ToolRun> Of(params string[] arguments) => WithInput("", arguments);

    public static Task<ToolRun> WithInput(string input, params string[] arguments) => RunAsync(input, [], arguments);

    /// <summary>With settings of the app in its environment.</summary>
    public static Task<ToolRun> WithSettings((string Name, string Value)[] settings, params string[] arguments) => RunAsync("", settings, arguments);

    private static async Task<ToolRun> RunAsync(string input, (string Name, string Value)[] settings, string[] arguments)
    {
        var start = ModelToolProcess.StartInfo(arguments);
        start.RedirectStandardInput = true;
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return new ToolRun(process.ExitCode, await output, await errors);
    }
}
