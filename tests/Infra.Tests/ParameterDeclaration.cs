using System.Text.Json;

namespace InfraTests;

/// <summary>A parameter as a compiled template declares it.</summary>
internal sealed record ParameterDeclaration(string Name, string Type, string? About, IReadOnlyList<JsonElement>? Allowed, int? Min, int? Max, JsonElement? Default)
{
    public static ParameterDeclaration Of(string name, JsonElement json) => new(
        name,
        json.TryGetProperty("type", out var type) ? type.GetString()! : "object",
        Description(json),
        json.TryGetProperty("allowedValues", out var allowed) ? [.. allowed.EnumerateArray()] : null,
        json.TryGetProperty("minValue", out var min) ? min.GetInt32() : null,
        json.TryGetProperty("maxValue", out var max) ? max.GetInt32() : null,
        json.TryGetProperty("defaultValue", out var given) ? given : null);

    public static string? Description(JsonElement json) =>
        json.TryGetProperty("metadata", out var metadata) && metadata.TryGetProperty("description", out var description) ? description.GetString() : null;

    /// <summary>Whether the deployment would take a value given as text.</summary>
    public bool Takes(string value) =>
        (Allowed is null || Allowed.Any(each => each.ToString() == value))
        && (Type != "int" || (int.TryParse(value, out var number) && number >= (Min ?? int.MinValue) && number <= (Max ?? int.MaxValue)))
        && (Type != "bool" || bool.TryParse(value, out _));

    /// <summary>A value given as text, as azd passes it on.</summary>
    public object Parse(string value) => Type switch
    {
        "int" => int.Parse(value, System.Globalization.CultureInfo.InvariantCulture),
        "bool" => bool.Parse(value),
        _ => value,
    };
}
