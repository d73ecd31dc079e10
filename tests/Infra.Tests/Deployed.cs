using System.Collections.Concurrent;
using System.Text.Json;

namespace InfraTests;

/// <summary>What main.bicep deploys with given parameters, as the compiler evaluates it; what only Azure knows is an expression in brackets.</summary>
internal sealed record Deployed(string Snapshot, IReadOnlyList<JsonElement> Resources)
{
    private static readonly ConcurrentDictionary<string, Lazy<Deployed>> Known = [];

    public IReadOnlyList<JsonElement> Rules => [.. OfType("Microsoft.Insights/scheduledQueryRules")];

    /// <summary>The settings of the app.</summary>
    public IReadOnlyDictionary<string, JsonElement> Settings => SettingsOf(App);

    public JsonElement Plan => OfType("Microsoft.Web/serverfarms").Single();

    public IReadOnlyDictionary<string, JsonElement> SettingsOf(JsonElement app) => OfType("Microsoft.Web/sites/config")
        .Single(each => each.GetProperty("id").GetString()!.StartsWith($"{app.GetProperty("id").GetString()}/", StringComparison.Ordinal))
        .GetProperty("properties").EnumerateObject().ToDictionary(each => each.Name, each => each.Value);

    /// <summary>The value of an output of main.bicep.</summary>
    public string? Output(string name)
    {
        using var document = JsonDocument.Parse(Snapshot);
        return document.RootElement.GetProperty("outputs").GetProperty(name).GetString();
    }

    /// <summary>The app that azd deploys to.</summary>
    public JsonElement App => Apps[0];

    public IReadOnlyList<JsonElement> Apps => [.. OfType("Microsoft.Web/sites").OrderBy(app => app.GetProperty("name").GetString(), StringComparer.Ordinal)];

    /// <param name="parameters">An object with a property for each parameter that is given; name and region need not be.</param>
    /// <param name="folder">Another folder than the project's own.</param>
    public static Deployed With(object parameters, string? folder = null)
    {
        var given = new Dictionary<string, object?> { ["environmentName"] = "example", ["location"] = "westeurope" };
        foreach (var property in JsonSerializer.SerializeToElement(parameters).EnumerateObject())
        {
            given[property.Name] = property.Value;
        }

        var lines = given.Select(each => $"param {each.Key} = json('{JsonSerializer.Serialize(each.Value).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}')");
        var text = string.Join('\n', [$"using '{folder ?? BicepCompiler.Folder}/main.bicep'", .. lines]);
        return Known.GetOrAdd(text, new Lazy<Deployed>(() => Evaluate(text))).Value;
    }

    private static Deployed Evaluate(string text)
    {
        var folder = Directory.CreateTempSubdirectory("snapshot-");
        try
        {
            var file = Path.Combine(folder.FullName, "main.bicepparam");
            // The compiler takes no absolute path here.
            File.WriteAllText(file, text.Replace("using '/", $"using '{Path.GetRelativePath(folder.FullName, "/")}/", StringComparison.Ordinal));
            var snapshot = BicepCompiler.Snapshot(file);
            using var document = JsonDocument.Parse(snapshot);
            return new Deployed(snapshot, [.. document.RootElement.GetProperty("predictedResources").Clone().EnumerateArray()]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private IEnumerable<JsonElement> OfType(string type) => Resources.Where(each => each.GetProperty("type").GetString() == type);
}
