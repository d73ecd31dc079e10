using System.Text.Json.Nodes;
using TestCommon;

namespace Scoring.Tests.Contract;

/// <summary>Compares JSON that the code wrote with openapi.json, member by member.</summary>
internal sealed class DescribedMembers
{
    private const string Schemas = "#/components/schemas/";

    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly HashSet<string> schemas = new(StringComparer.Ordinal);
    private readonly SortedSet<string> undescribed = new(StringComparer.Ordinal);

    public static JsonObject Document { get; } =
        JsonNode.Parse(File.ReadAllText(Checkout.PathTo("src", "Http", "OpenApi", "openapi.json")))!.AsObject();

    /// <summary>The schema of a name.</summary>
    public static JsonObject Schema(string name) => Document["components"]!["schemas"]![name]!.AsObject();

    /// <summary>The names of a schema's own properties.</summary>
    public static IEnumerable<string> Properties(string schema) => Schema(schema)["properties"]!.AsObject().Select(property => property.Key);

    /// <summary>What was written and is not described.</summary>
    public IEnumerable<string> Undescribed => undescribed;

    /// <summary>What is described, in the schemas that were met, and was never written.</summary>
    public IEnumerable<string> Unwritten => schemas
        .SelectMany(name => Names(Schema(name), name))
        .Where(member => !seen.Contains(member)).Order(StringComparer.Ordinal);

    /// <summary>Takes note of a value that the code wrote for a schema.</summary>
    public DescribedMembers Add(string schema, JsonNode? value)
    {
        Walk(new JsonObject { ["$ref"] = Schemas + schema }, schema, value);
        return this;
    }

    private static IEnumerable<string> Names(JsonObject rules, string at) =>
        from part in Parts(rules, at)
        from property in part.Rules["properties"]?.AsObject() ?? []
        from name in (string[])[$"{part.At}.{property.Key}", .. property.Value is JsonObject { } inner && inner["properties"] is not null ? Names(inner, $"{part.At}.{property.Key}") : []]
        select name;

    // A schema with the schemas that it refers to or is made of, null left out.
    private static IEnumerable<(JsonObject Rules, string At)> Parts(JsonObject rules, string at)
    {
        if (rules["$ref"]?.GetValue<string>() is { } reference)
        {
            return Parts(Schema(reference[Schemas.Length..]), reference[Schemas.Length..]);
        }

        var several = rules["allOf"] ?? rules["oneOf"];
        return several is null ? [(rules, at)] : several.AsArray().SelectMany(part => Parts(part!.AsObject(), at));
    }

    private void Walk(JsonObject rules, string at, JsonNode? value)
    {
        var parts = Parts(rules, at).ToArray();
        foreach (var (_, name) in parts.Where(part => !part.At.Contains('.', StringComparison.Ordinal)))
        {
            schemas.Add(name);
        }

        if (value is JsonArray items)
        {
            foreach (var item in items)
            {
                Walk(parts[0].Rules["items"]?.AsObject() ?? [], $"{parts[0].At}.items", item);
            }
        }

        if (value is not JsonObject members)
        {
            return;
        }

        foreach (var (name, member) in members)
        {
            var (found, place) = parts.FirstOrDefault(part => part.Rules["properties"]?[name] is not null);
            if (found is not null)
            {
                seen.Add($"{place}.{name}");
                Walk(found["properties"]![name]!.AsObject(), $"{place}.{name}", member);
            }
            else if (parts.Select(part => part.Rules["additionalProperties"]).OfType<JsonObject>().FirstOrDefault() is { } any)
            {
                Walk(any, $"{parts[0].At}.any", member);
            }
            else if (parts.Any(part => part.Rules["properties"] is not null))
            {
                undescribed.Add($"{at}.{name}");
            }
        }
    }
}
