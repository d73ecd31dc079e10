using System.Text.Json;

namespace InfraTests;

/// <summary>A template of Azure Resource Manager that the compiler made: main.bicep's own, or a module's within it.</summary>
internal sealed record Template(JsonElement Json)
{
    private static readonly Lazy<Template> Compiled = new(() =>
    {
        using var document = JsonDocument.Parse(BicepCompiler.Compile(Path.Combine(BicepCompiler.Folder, "main.bicep")).Contents!);
        return new Template(document.RootElement.Clone());
    });

    /// <summary>What main.bicep compiles to.</summary>
    public static Template Main => Compiled.Value;

    public IReadOnlyList<ParameterDeclaration> Parameters => [.. Members("parameters").Select(each => ParameterDeclaration.Of(each.Name, each.Value))];

    /// <summary>Name of each output, and its description.</summary>
    public IReadOnlyDictionary<string, string?> Outputs => Members("outputs").ToDictionary(each => each.Name, each => ParameterDeclaration.Description(each.Value));

    /// <summary>The modules by their names in main.bicep: what they are given, and their template.</summary>
    public IReadOnlyDictionary<string, (IReadOnlyList<string> Given, Template Of)> Modules => Members("resources")
        .Where(each => each.Value.GetProperty("type").GetString() == "Microsoft.Resources/deployments").Select(each => (each.Name, Properties: each.Value.GetProperty("properties")))
        .ToDictionary(each => each.Name, each => ((IReadOnlyList<string>)[.. each.Properties.GetProperty("parameters").EnumerateObject().Select(given => given.Name)], new Template(each.Properties.GetProperty("template"))));

    /// <summary>The names of the properties of an exported type.</summary>
    public IReadOnlyList<string> PropertiesOf(string type) => [.. Json.GetProperty("definitions").GetProperty(type).GetProperty("properties").EnumerateObject().Select(each => each.Name)];

    private JsonElement.ObjectEnumerator Members(string section) => Json.TryGetProperty(section, out var found) ? found.EnumerateObject() : default;
}
