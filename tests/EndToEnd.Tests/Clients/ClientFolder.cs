using System.Diagnostics;
using TestCommon;

namespace EndToEnd.Tests.Clients;

/// <summary>A copy of a folder of tests/Clients, with the running app's description beside it and the pinned generators at hand.</summary>
internal sealed class ClientFolder : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly RunningApp app;

    private ClientFolder(RunningApp app) => this.app = app;

    /// <summary>The address and the key, as the clients take them.</summary>
    public string[] Arguments => [app.Client.BaseAddress!.ToString(), RunningApp.FunctionKey];

    /// <summary>The same without a generator.</summary>
    public static ClientFolder CopyPlain(string name, RunningApp app)
    {
        var copy = new ClientFolder(app);
        foreach (var file in Directory.GetFiles(Checkout.PathTo("tests", "Clients", name)))
        {
            File.Copy(file, copy.folder.PathTo(Path.GetFileName(file)));
        }

        return copy;
    }

    public static async Task<ClientFolder> CopyAsync(string name, RunningApp app)
    {
        var copy = CopyPlain(name, app);
        Directory.CreateDirectory(copy.folder.PathTo(".config"));
        File.Copy(Checkout.PathTo(".config", "dotnet-tools.json"), copy.folder.PathTo(".config", "dotnet-tools.json"));
        await copy.DescribeAsync("openapi.json", "openapi.json");
        await copy.RunAsync("dotnet", "tool", "restore");
        return copy;
    }

    /// <summary>Keeps one of the app's descriptions in a file.</summary>
    public async Task DescribeAsync(string path, string file) =>
        await File.WriteAllTextAsync(folder.PathTo(file), await app.Client.GetStringAsync(new Uri(path, UriKind.Relative)));

    /// <summary>Compiles the project of the folder and gives what it prints.</summary>
    public async Task<string> BuildAndRunAsync()
    {
        await RunAsync("dotnet", "build", "-c", "Release", "-v", "quiet", "-nologo", "-o", "out");
        return await RunAsync("dotnet", ["out/Client.dll", .. Arguments]);
    }

    /// <summary>Runs a program in the folder to its good end and gives what it prints.</summary>
    public async Task<string> RunAsync(string program, params string[] arguments)
    {
        var path = program.Contains('/', StringComparison.Ordinal) ? folder.PathTo(program) : program;
        var start = new ProcessStartInfo(path, arguments) { WorkingDirectory = folder.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["KIOTA_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";

        // The generators are built for older runtimes.
        start.Environment["DOTNET_ROLL_FORWARD"] = "Major";
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.Ordinal) || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {process.ExitCode}\n{await output}\n{await errors}");
        return await output;
    }

    public void Dispose() => folder.Dispose();
}
