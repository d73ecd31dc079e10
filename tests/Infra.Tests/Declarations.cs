using System.Text.Json;

namespace InfraTests;

/// <summary>What the Bicep files and queries declare, as tools/describe.mjs reads them.</summary>
internal sealed record Declarations(IReadOnlyList<BicepDeclarations> Bicep, IReadOnlyList<QueryDeclarations> Queries)
{
    private static readonly Lazy<Declarations> Read = new(() => Of(NodeTools.Bicep));

    public static Declarations Current => Read.Value;

    public BicepDeclarations this[string file] => Bicep.Single(each => each.File == file);

    public static Declarations Of(string folder) => NodeTools.Ask<Declarations>(new { tool = "describe", folder });
}

internal sealed record BicepDeclarations(
    string File,
    IReadOnlyList<string> Faults,
    IReadOnlyList<ParameterDeclaration> Parameters,
    IReadOnlyList<VariableDeclaration> Variables,
    IReadOnlyList<OutputDeclaration> Outputs,
    IReadOnlyList<ModuleDeclaration> Modules,
    IReadOnlyList<TypeDeclaration> Types,
    IReadOnlyList<string> Loaded);

internal sealed record ParameterDeclaration(
    string Name, string Type, string? Description, IReadOnlyList<JsonElement>? Allowed, int? Min, int? Max, bool HasDefault, JsonElement? Default, int Uses)
{
    /// <summary>Whether the deployment would take a value given as text.</summary>
    public bool Takes(string value) =>
        (Allowed is null || Allowed.Any(each => each.ToString() == value))
        && (Type != "int" || (int.TryParse(value, out var number) && number >= (Min ?? int.MinValue) && number <= (Max ?? int.MaxValue)))
        && (Type != "bool" || bool.TryParse(value, out _));
}

internal sealed record VariableDeclaration(string Name, int Uses);

internal sealed record OutputDeclaration(string Name, bool Described);

internal sealed record ModuleDeclaration(string Name, string Path, IReadOnlyList<string> Params, string Text);

internal sealed record TypeDeclaration(string Name, IReadOnlyList<string> Properties);

internal sealed record QueryDeclarations(
    string File, IReadOnlyList<string> Faults, IReadOnlyList<string> Metrics, IReadOnlyList<string> Dimensions, IReadOnlyList<string> Codes, IReadOnlyList<string> Bins);
