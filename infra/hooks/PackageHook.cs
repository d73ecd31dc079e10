namespace Hooks;

/// <summary>Before azd packs: the app published for the machine that it will run on.</summary>
internal static class PackageHook
{
    /// <summary>Where azure.yaml takes the package from.</summary>
    public const string Folder = "artifacts/functions";

    // Without any of these the platform starts nothing, and says so only in a log.
    private static readonly string[] Needed = ["host.json", "functions.metadata", "worker.config.json", "libonnxruntime.so"];

    public static async Task RunAsync(HookContext context)
    {
        var folder = Path.Combine(context.Root, Folder);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        context.Say("Building and packing the app, compiled ahead of time for linux-x64.");
        var (status, _) = await context.RunAsync("dotnet",
        [
            "publish", Path.Combine("src", "Functions", "Functions.csproj"), "--configuration", "Release", "--runtime", "linux-x64", "--self-contained", "false",
            "-p:FunctionsHost=azure", "-p:PublishReadyToRun=true", "--output", folder, "-verbosity:quiet", "-nologo",
        ]);
        if (status != 0)
        {
            throw new HookException("The app did not publish; what dotnet said stands above. It needs the Azure Functions worker packages, so the whole of NuGet.");
        }

        var missing = Needed.Where(name => !Directory.EnumerateFiles(folder, name, SearchOption.AllDirectories).Any()).ToArray();
        if (missing.Length > 0)
        {
            throw new HookException($"The published app lacks {string.Join(", ", missing)}: it would not start.");
        }
    }
}
