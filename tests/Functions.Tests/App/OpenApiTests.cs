using System.Text.Json.Nodes;
using LocalHost.Hosting;
using Microsoft.Azure.Functions.Worker;
using Scoring;
using TestCommon;
using Triggers;

namespace Functions.Tests.App;

/// <summary>Holds the description of the routes to the triggers, and to itself.</summary>
public class OpenApiTests
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete", "head", "options"];

    private static readonly JsonObject Document =
        JsonNode.Parse(File.ReadAllText(Checkout.PathTo("src", "Http", "OpenApi", "openapi.json")))!.AsObject();

    [Fact]
    public void Paths_OfTheDescription_AreTheAppsRoutes()
    {
        var routes = AppSource.Triggers([]).Functions.Http.Select(function =>
            $"{Assert.Single(function.Trigger.Methods!)} {PathOf(function.Trigger.Route!)} {(function.Trigger.AuthLevel == AuthorizationLevel.Anonymous ? "open" : "key")}");

        var described = Operations().Select(entry => $"{entry.Method} {entry.Path} {(entry.Operation["security"]!.AsArray().Count == 0 ? "open" : "key")}");

        Assert.Equal(routes.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void References_OfTheDescription_LeadSomewhere() => Assert.All(Nodes(Document), node =>
    {
        if (node is JsonObject value && value["$ref"] is { } reference)
        {
            Assert.NotNull(reference.GetValue<string>()[2..].Split('/').Aggregate((JsonNode?)Document, (at, name) => at?[name]));
        }
    });

    [Fact]
    public void Operations_OfTheDescription_HaveOneNameEachAndDeclareTheirPathsParameters()
    {
        var operations = Operations().ToArray();
        Assert.Equal(operations.Length, operations.Select(entry => entry.Operation["operationId"]!.GetValue<string>()).Distinct().Count());
        Assert.All(operations, entry =>
        {
            var declared = (entry.Operation["parameters"]?.AsArray() ?? []).Select(parameter => parameter!["$ref"]?.GetValue<string>().Split('/')[^1]).OfType<string>()
                .Where(name => Document["components"]!["parameters"]![name]!["in"]!.GetValue<string>() == "path");
            var inPath = entry.Path.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}'));
            Assert.Equal(inPath.Order(), declared.Order());
        });
    }

    [Fact]
    public void Codes_OfTheDescription_AreTheServices()
    {
        var described = Document["components"]!["schemas"]!["ErrorCode"]!["enum"]!.AsArray().Select(code => code!.GetValue<string>());

        Assert.Equal(Enum.GetValues<ErrorCode>().Select(code => code.Name()).Order(), described.Order());
    }

    private static string PathOf(string route) => route.StartsWith("{ignored", StringComparison.Ordinal) ? "/" : "/" + route;

    private static IEnumerable<(string Path, string Method, JsonObject Operation)> Operations() =>
        from path in Document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        where Methods.Contains(operation.Key)
        select (path.Key, operation.Key, operation.Value!.AsObject());

    private static IEnumerable<JsonNode> Nodes(JsonNode root)
    {
        yield return root;
        var children = root switch
        {
            JsonObject value => value.Select(property => property.Value),
            JsonArray array => array,
            _ => [],
        };
        foreach (var node in children.OfType<JsonNode>().SelectMany(Nodes))
        {
            yield return node;
        }
    }
}
