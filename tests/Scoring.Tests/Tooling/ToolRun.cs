using System.Diagnostics;
using System.Text.Json;

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

    public static async Task<ToolRun> WithInput(string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "model.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return new ToolRun(process.ExitCode, await output, await errors);
    }
}
