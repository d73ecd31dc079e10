using System.Text.Json.Nodes;
using Scoring.Protocol;
using Scoring.Serving;

namespace Scoring.Http;

/// <summary>The part of the description of the routes that scores by one model, with that model's own types.</summary>
internal static class ModelOpenApi
{
    private const string Schemas = "#/components/schemas/";

    /// <summary>OpenAPI 3.1 of <c>/api/score/NAME</c>. Its operations are called as those of the description of all routes.</summary>
    public static JsonObject Of(LoadedModel model)
    {
        var whole = OpenApiEndpoint.Document();
        var package = model.Package;
        var document = new JsonObject
        {
            ["openapi"] = Take(whole, "openapi"),
            ["info"] = Take(whole, "info"),
            ["servers"] = Take(whole, "servers"),
            ["paths"] = new JsonObject
            {
                [$"/api/score/{package.Name}"] = Operation(whole, "/api/score/{model}"),
                [$"/api/score/{package.Name}/{{version}}"] = Operation(whole, "/api/score/{model}/{version}"),
            },
        };
        document["info"]!["title"] = package.Name;
        document["info"]!["summary"] = $"Scores by the model {package.Name}; typed by its version {package.Version}.";
        if (model.Config.Description is { } description)
        {
            document["info"]!["description"] = description;
        }

        document["components"] = Components(whole["components"]!.AsObject(), document["paths"]!, model);
        return document;
    }

    private static JsonNode Operation(JsonObject whole, string path)
    {
        var operations = Take(whole["paths"]!.AsObject(), path);
        var operation = operations["post"]!;
        var parameters = operation["parameters"]!.AsArray();
        parameters.RemoveAt(0);

        // The examples are of the sample model.
        operation["requestBody"]!["content"]!["application/json"]!.AsObject().Remove("examples");
        return operations;
    }

    private static JsonObject Components(JsonObject whole, JsonNode paths, LoadedModel model)
    {
        var schemas = whole["schemas"]!.AsObject();
        schemas["Instance"] = ModelJsonSchema.Instance(model);
        schemas["Prediction"] = ModelJsonSchema.Prediction(model);
        schemas["ScoreRequest"]!["properties"]!["instances"]!["items"] = new JsonObject { ["$ref"] = Schemas + "Instance" };
        var used = new JsonObject { ["securitySchemes"] = Take(whole, "securitySchemes") };
        foreach (var reference in References(paths))
        {
            Keep(whole, used, reference);
        }

        return used;
    }

    private static void Keep(JsonObject whole, JsonObject used, string reference)
    {
        var (kind, name) = reference[2..].Split('/') is [_, var first, var second] ? (first, second) : throw new InvalidDataException(reference);
        if (used[kind] is not JsonObject kept)
        {
            used[kind] = kept = [];
        }

        if (kept.ContainsKey(name))
        {
            return;
        }

        var component = Take(whole[kind]!.AsObject(), name);
        kept[name] = component;
        foreach (var inner in References(component))
        {
            Keep(whole, used, inner);
        }
    }

    private static List<string> References(JsonNode node)
    {
        var found = new List<string>();
        Collect(node, found);
        return found;
    }

    private static void Collect(JsonNode? node, List<string> found)
    {
        switch (node)
        {
            case JsonObject value:
                if (value["$ref"] is JsonValue reference)
                {
                    found.Add(reference.GetValue<string>());
                }

                foreach (var (_, member) in value)
                {
                    Collect(member, found);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    Collect(item, found);
                }

                break;
            default:
                break;
        }
    }

    // A node has one parent: what goes into another document leaves this one.
    private static JsonNode Take(JsonObject from, string name)
    {
        var node = from[name]!;
        from.Remove(name);
        return node;
    }
}
