using System.Diagnostics;
using TestCommon;

namespace Scoring.Tests.Tooling;

/// <summary>The tool as a package: packed, installed from its own folder alone, and run from where it was installed.</summary>
public sealed class PackTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Pack_InstalledElsewhere_AnswersAndFindsItsNativeParts()
    {
        var configuration = AppContext.BaseDirectory.Contains("Release", StringComparison.Ordinal) ? "Release" : "Debug";
        await RunAsync("dotnet", "pack", Checkout.PathTo("src", "ModelTool"), "--no-build", "-c", configuration, "-o", folder.PathTo("packed"), "-v", "q", "-nologo");
        await File.WriteAllTextAsync(folder.PathTo("NuGet.config"), """<configuration><packageSources><clear/><add key="packed" value="packed"/></packageSources></configuration>""");
        await RunAsync("dotnet", "tool", "install", "Scoring.ModelTool", "--tool-path", folder.PathTo("tools"), "--configfile", folder.PathTo("NuGet.config"));

        var help = await RunAsync(folder.PathTo("tools", "model"), "--help");
        var inspected = await RunAsync(folder.PathTo("tools", "model"), "inspect", IntentPackages.Original);
        await RunAsync(folder.PathTo("tools", "model"), "check", IntentPackages.Original);

        Assert.Contains("puts it live", help, StringComparison.Ordinal);
        Assert.Contains("float32 [rows, 23]", inspected, StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.Root, Environment = { ["DOTNET_NOLOGO"] = "1", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1", ["MSBUILDDISABLENODEREUSE"] = "1" } })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{file} {string.Join(' ', arguments)}: {process.ExitCode}\n{await output}\n{await errors}");
        return await output;
    }
}
