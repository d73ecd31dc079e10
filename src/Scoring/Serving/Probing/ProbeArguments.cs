using System.Globalization;
using System.Text.Json.Nodes;
using Scoring.Inference;
using Scoring.Repository;

namespace Scoring.Serving.Probing;

/// <summary>What the parent tells the probe on its command line: the package's folder and identity, and how to make the session.</summary>
public static class ProbeArguments
{
    private const int Count = 8;
    private const string Cold = "cold";
    private const string Warm = "warm";

    /// <summary>The command line for a package.</summary>
    public static IReadOnlyList<string> Write(ModelPackage package, SessionSettings settings, bool warmsUp) =>
    [
        package.Directory, package.Name, package.Version, package.Sha256,
        settings.IntraOpThreads.ToString(CultureInfo.InvariantCulture), string.Join(',', settings.ExecutionProviders),
        warmsUp ? Warm : Cold, More(settings).ToJsonString(),
    ];

    /// <summary>Reads the command line.</summary>
    /// <returns>False when it is none of <see cref="Write"/>'s.</returns>
    public static bool TryRead(IReadOnlyList<string> arguments, out ModelPackage package, out SessionSettings settings, out bool warmsUp)
    {
        warmsUp = arguments.Count == Count && arguments[6] == Warm;
        if (arguments.Count != Count || !int.TryParse(arguments[4], NumberStyles.None, CultureInfo.InvariantCulture, out var threads) || threads < 1)
        {
            (package, settings) = (null!, null!);
            return false;
        }

        package = new ModelPackage(arguments[1], arguments[2], arguments[3], arguments[0], arguments[0]);
        settings = With(new SessionSettings(threads, arguments[5].Split(',', StringSplitOptions.RemoveEmptyEntries)), JsonNode.Parse(arguments[7])!);
        return true;
    }

    private static JsonObject More(SessionSettings settings) => new()
    {
        ["options"] = new JsonObject(settings.ProviderOptions.Select(provider => KeyValuePair.Create<string, JsonNode?>(
            provider.Key, new JsonObject(provider.Value.Select(option => KeyValuePair.Create<string, JsonNode?>(option.Key, option.Value)))))),
        ["fallsBack"] = settings.FallsBack,
        ["compiled"] = settings.CompiledPath,
        ["customOperators"] = settings.AllowsCustomOperators,
    };

    private static SessionSettings With(SessionSettings settings, JsonNode told) => settings with
    {
        ProviderOptions = told["options"]!.AsObject().ToDictionary(
            provider => provider.Key,
            IReadOnlyDictionary<string, string> (provider) => provider.Value!.AsObject().ToDictionary(option => option.Key, option => option.Value!.GetValue<string>()),
            StringComparer.OrdinalIgnoreCase),
        FallsBack = told["fallsBack"]!.GetValue<bool>(),
        CompiledPath = (string?)told["compiled"],
        AllowsCustomOperators = told["customOperators"]!.GetValue<bool>(),
    };
}
