namespace Hooks;

/// <summary>Before azd packs: the app published for the machine that it will run on.</summary>
internal static class PackageHook
{
    /// <summary>Where azure.yaml takes the package from.</summary>
    public const string Folder = "artifacts/functions";

    /// <summary>DuckDB's library, where the package is to carry it.</summary>
    public const string DuckDb = "libduckdb.so";

    /// <summary>Without any of these the platform starts nothing, or the app tries no version before it loads it, and says so only in a log.</summary>
    public static readonly string[] Needed =
    [
        "host.json", "functions.metadata", "worker.config.json", "extensions.json", "Functions.dll", "Functions.deps.json", "libonnxruntime.so",
        "Scoring.Probe.dll", "Scoring.Probe.runtimeconfig.json",
    ];

    /// <summary>What dotnet is told, from the checkout's root, to publish the app as it ships into a folder.</summary>
    public static string[] PublishArguments(string folder, bool carriesDuckDb) =>
    [
        "publish", Path.Combine("src", "Functions", "Functions.csproj"), "--configuration", "Release", "--runtime", "linux-x64", "--self-contained", "false",
        "-p:PublishReadyToRun=true", $"-p:CarryDuckDb={(carriesDuckDb ? "true" : "false")}", "--output", folder, "-verbosity:quiet", "-nologo",
    ];

    public static async Task RunAsync(HookContext context)
    {
        var folder = Path.Combine(context.Root, Folder);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        var carriesDuckDb = string.Equals(context.Find("CARRY_DUCKDB"), "true", StringComparison.OrdinalIgnoreCase);
        context.Say("Building and packing the app, compiled ahead of time for linux-x64.");
        var (status, _) = await context.RunAsync("dotnet", PublishArguments(folder, carriesDuckDb));
        if (status != 0)
        {
            throw new HookException("The app did not publish; what dotnet said stands above.");
        }

        var missing = Needed.Concat(carriesDuckDb ? [DuckDb] : []).Where(name => !File.Exists(Path.Combine(folder, name))).ToArray();
        if (missing.Length > 0)
        {
            throw new HookException($"The published app lacks {string.Join(", ", missing)}: it would not serve.");
        }

        context.Say(carriesDuckDb
            ? "The package carries DuckDB's library: jobs may bring Parquet and SQL."
            : "The package does not carry DuckDB's library (70 MB): jobs with Parquet or SQL are refused unless azd env set CARRY_DUCKDB true.");
    }
}
