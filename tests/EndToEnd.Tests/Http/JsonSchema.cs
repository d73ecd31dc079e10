using System.Text.Json;
using System.Text.Json.Nodes;

namespace EndToEnd.Tests.Http;

/// <summary>
/// The part of JSON Schema that the description of the routes uses: type, enum, required, properties, additionalProperties, items, allOf, oneOf. Stricter in one
/// thing: a member that is not described is a fault, unless the schema says that there may be others.
/// </summary>
internal static class JsonSchema
{
    private static readonly string[] Known =
        ["$ref", "type", "enum", "required", "properties", "additionalProperties", "items", "allOf", "oneOf", "description", "minimum", "maximum", "minItems", "maxItems", "default", "pattern", "format"];

    public static JsonNode Resolve(JsonNode document, string reference)
        => reference[2..].Split('/').Aggregate(document, (at, name) => at[name] ?? throw new InvalidDataException($"{reference} leads nowhere."));

    /// <summary>What of a value the schema refuses.</summary>
    public static IEnumerable<string> Faults(JsonNode document, JsonNode schema, JsonNode? value, string at) => Faults(document, schema, value, at, others: null);

    // A schema that is one of several knows only its own members; the others are those of its siblings.
    private static IEnumerable<string> Faults(JsonNode document, JsonNode schema, JsonNode? value, string at, HashSet<string>? others)
    {
        var rules = schema.AsObject();
        if (rules.Select(rule => rule.Key).Except(Known).FirstOrDefault() is { } unknown)
        {
            return [$"{at}: this validator does not know '{unknown}'"];
        }

        if (rules["$ref"] is { } reference)
        {
            return Faults(document, Resolve(document, reference.GetValue<string>()), value, at, others);
        }

        return [.. Types(rules, value, at), .. Choices(document, rules, value, at), .. Members(document, rules, value, at, others), .. Items(document, rules, value, at)];
    }

    private static IEnumerable<string> Types(JsonObject rules, JsonNode? value, string at)
    {
        string[] types = rules["type"] switch
        {
            null => [],
            JsonArray several => [.. several.Select(type => type!.GetValue<string>())],
            var one => [one.GetValue<string>()],
        };
        var kind = value?.GetValueKind() ?? JsonValueKind.Null;
        var fits = types.Length == 0 || types.Any(type => type switch
        {
            "object" => kind == JsonValueKind.Object,
            "array" => kind == JsonValueKind.Array,
            "string" => kind == JsonValueKind.String,
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            "null" => kind == JsonValueKind.Null,
            "integer" => kind == JsonValueKind.Number && long.TryParse(value!.ToJsonString(), out _),
            _ => kind == JsonValueKind.Number,
        });
        if (!fits)
        {
            yield return $"{at}: {kind} is no {string.Join(" or ", types)}";
        }

        if (rules["enum"] is JsonArray choices && !choices.Any(choice => JsonNode.DeepEquals(choice, value)))
        {
            yield return $"{at}: {value?.ToJsonString()} is none of {choices.ToJsonString()}";
        }
    }

    private static IEnumerable<string> Choices(JsonNode document, JsonObject rules, JsonNode? value, string at)
    {
        var parts = rules["allOf"]?.AsArray() ?? [];
        var members = parts.SelectMany(part => Properties(document, part!)).ToHashSet(StringComparer.Ordinal);
        foreach (var fault in parts.SelectMany(part => Faults(document, part!, value, at, members)))
        {
            yield return fault;
        }

        if (rules["oneOf"] is JsonArray one && one.Count(part => !Faults(document, part!, value, at).Any()) != 1)
        {
            yield return $"{at}: not exactly one of {one.Count} schemas fits";
        }
    }

    private static IEnumerable<string> Properties(JsonNode document, JsonNode schema)
    {
        var rules = schema["$ref"] is { } reference ? Resolve(document, reference.GetValue<string>()) : schema;
        return (rules["properties"]?.AsObject() ?? []).Select(property => property.Key);
    }

    private static IEnumerable<string> Members(JsonNode document, JsonObject rules, JsonNode? value, string at, HashSet<string>? others)
    {
        if (value is not JsonObject members)
        {
            yield break;
        }

        foreach (var name in (rules["required"]?.AsArray() ?? []).Select(name => name!.GetValue<string>()).Where(name => !members.ContainsKey(name)))
        {
            yield return $"{at}/{name}: missing";
        }

        foreach (var (name, member) in members)
        {
            var schema = rules["properties"]?[name] ?? rules["additionalProperties"] as JsonObject;
            if (schema is null && rules["properties"] is not null && rules["additionalProperties"]?.GetValueKind() is not JsonValueKind.True && others?.Contains(name) is not true)
            {
                yield return $"{at}/{name}: not described";
            }

            foreach (var fault in schema is null ? [] : Faults(document, schema, member, $"{at}/{name}"))
            {
                yield return fault;
            }
        }
    }

    private static IEnumerable<string> Items(JsonNode document, JsonObject rules, JsonNode? value, string at)
        => value is JsonArray items && rules["items"] is { } schema
            ? items.SelectMany((item, index) => Faults(document, schema, item, $"{at}/{index}"))
            : [];
}
