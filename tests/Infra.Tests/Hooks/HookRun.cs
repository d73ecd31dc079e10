using System.Diagnostics;

namespace InfraTests.Hooks;

/// <summary>
/// Runs a hook as azd does: the command that azure.yaml names, in a shell, in a folder laid out like the checkout, with azd's environment. The
/// commands that it calls are fakes on PATH that note how they were called.
/// </summary>
internal sealed class HookRun : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("hook-");
    private readonly string commands;

    public HookRun(FakeAzure azure)
    {
        commands = Path.Combine(this.folder.FullName, "commands");
        Directory.CreateDirectory(commands);
        foreach (var folder in new[] { "samples/intent/package", "samples/training" })
        {
            Directory.CreateDirectory(Path.Combine(Root, folder));
        }

        File.WriteAllText(Path.Combine(Root, "samples/intent/package/model.onnx"), "");
        File.WriteAllText(Path.Combine(Root, "samples/intent/request.json"), """{"instances":[]}""");
        Command("azd", "echo \"azd $*\" >> calls; echo '{\"token\":\"token-of-deployer\",\"expiresOn\":\"2026-01-01T00:00:00Z\"}'");
        Environment["SCORING_REPOSITORY"] = "https://stmodel.blob.example/models";
        Environment["SCORING_URI"] = azure.Address;
        Environment["SCORING_APP_ID"] = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/func";
        Environment["SCORING_HOSTING_PLAN"] = "flex";
        Environment["SCORING_PACKAGES"] = $"{azure.Address}/app-package";
        Environment["SCORING_NETWORK_CLOSED"] = "false";
        Environment["SCORING_PLAN_SUMMARY"] = "the plan";
        Environment["AZURE_RESOURCE_MANAGER"] = azure.Address + "/";
        Environment["AZURE_RESOURCE_GROUP"] = "rg-test";
        Environment["AZURE_FUNCTION_NAME"] = "func";
        Environment["SCORING_HOOK_PAUSE"] = "00:00:00.010";
    }

    public string Root => folder.FullName;

    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>How the fakes were called, a line each.</summary>
    public string[] Calls => File.Exists(Path.Combine(Root, "calls")) ? File.ReadAllLines(Path.Combine(Root, "calls")) : [];

    /// <summary>Puts a command on PATH: the lines of a shell script that runs in <see cref="Root"/>.</summary>
    public void Command(string name, string script)
    {
        var path = Path.Combine(commands, name);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Runs the hook of a name in azure.yaml's command; its status and what it said.</summary>
    public async Task<(int Status, string Said)> RunAsync(string hook)
    {
        var run = File.ReadLines(Checkout.PathTo("azure.yaml")).Select(line => line.Trim()).First(line => line.EndsWith($"-- {hook}", StringComparison.Ordinal))["run: ".Length..];
        const string prefix = "dotnet run --project infra/hooks --";
        Assert.StartsWith(prefix, run, StringComparison.Ordinal);

        // The program is the one that the tests were built with: building it again for every test would take minutes.
        var command = $"\"{System.Environment.ProcessPath}\" exec \"{typeof(global::Hooks.HookException).Assembly.Location}\"{run[prefix.Length..]}";
        var start = new ProcessStartInfo("/bin/sh", ["-c", command]) { WorkingDirectory = Root, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in new[] { "CI", "GITHUB_ACTIONS", "TF_BUILD" })
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["PATH"] = $"{commands}:/usr/bin:/bin";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said + await error);
    }

    public void Dispose() => folder.Delete(recursive: true);
}
