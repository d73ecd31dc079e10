using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace LocalHost.Hosting;

/// <summary>
/// The sources of an app's configuration, the later winning: host.json (as section AzureFunctionsJobHost, where the host looks for overrides too),
/// local.settings.json (Values as the tools would put them into the environment; Host as section LocalSettings:Host), the environment, the command line.
/// </summary>
internal static class AppConfiguration
{
    public const string HostJson = "AzureFunctionsJobHost";
    public const string LocalSettings = "LocalSettings";

    private const string Values = "Values:";

    public static void AddApp(this IConfigurationBuilder configuration, AppSource source)
    {
        var hostJson = SettingsFile.Read(Path.Combine(source.Directory, "host.json"), static key => $"{HostJson}:{key}");
        var local = SettingsFile.Read(Path.Combine(source.Directory, "local.settings.json"), LocalKey);

        configuration.AddInMemoryCollection(hostJson);
        configuration.AddInMemoryCollection(local);
        configuration.AddEnvironmentVariables();
        configuration.AddCommandLine(source.Arguments);
        AddOperationsKey(configuration);
    }

    // The app knows the keys whose holders see every job by their hashes.
    private static void AddOperationsKey(IConfigurationBuilder configuration)
    {
        const string Known = "Scoring:Batch:OperationsKeys";
        var settings = (configuration as IConfiguration) ?? configuration.Build();
        if (settings["LOCALHOST_OPERATIONS_KEY"] is { Length: > 0 } key && string.IsNullOrEmpty(settings[Known]))
        {
            configuration.AddInMemoryCollection([new(Known, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))))]);
        }
    }

    private static string LocalKey(string key) => key.StartsWith(Values, StringComparison.OrdinalIgnoreCase)
        ? key[Values.Length..].Replace("__", ":", StringComparison.Ordinal)
        : $"{LocalSettings}:{key}";
}
