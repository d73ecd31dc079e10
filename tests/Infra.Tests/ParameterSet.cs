using System.Text.Json;
using System.Text.RegularExpressions;

namespace InfraTests;

/// <summary>The parameters of a deployment as azd fills them in: main.parameters.json with variables of an environment.</summary>
internal static partial class ParameterSet
{
    /// <summary>The environment variable of each parameter, with its default; null where azd asks or knows.</summary>
    public static IReadOnlyDictionary<string, (string Variable, string? Default)> Mapped()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(BicepCompiler.Folder, "main.parameters.json")));
        return document.RootElement.GetProperty("parameters").EnumerateObject().ToDictionary(each => each.Name, each =>
        {
            var match = Variable().Match(each.Value.GetProperty("value").GetString()!);
            Assert.True(match.Success, each.Name);
            return (match.Groups["name"].Value, match.Groups["default"].Success ? match.Groups["default"].Value : null);
        });
    }

    /// <summary>The variables that a file of infra/parameters sets.</summary>
    public static IReadOnlyDictionary<string, string> Read(string name) =>
        File.ReadLines(Checkout.PathTo("infra", "parameters", $"{name}.env")).Where(line => line.Length > 0 && line[0] != '#').Select(line =>
        {
            var match = Line().Match(line);
            Assert.True(match.Success, line);
            return match;
        }).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value);

    /// <summary>What is deployed with variables of an environment.</summary>
    public static Deployed Deploy(IReadOnlyDictionary<string, string> environment)
    {
        var declared = Template.Main.Parameters.ToDictionary(parameter => parameter.Name);
        return Deployed.With(Mapped().ToDictionary(
            each => each.Key, each => declared[each.Key].Parse(environment.TryGetValue(each.Value.Variable, out var value) ? value : each.Value.Default ?? "")));
    }

    [GeneratedRegex(@"^\$\{(?<name>[A-Z_]+)(=(?<default>[^}]*))?\}$")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^(?<name>[A-Z_]+)=""(?<value>[^""]*)""$")]
    private static partial Regex Line();
}
