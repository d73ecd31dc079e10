using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Scoring.Http;

/// <summary><c>GET /openapi.json</c>: every route of the service in OpenAPI 3.1, from a file inside this assembly that tests hold against the code.</summary>
public static class OpenApiEndpoint
{
    private const string Resource = "Scoring.Http.openapi.json";

    public static IResult Get() => Results.Stream(Open(), "application/json");

    /// <summary>The description, parsed anew for each caller.</summary>
    internal static JsonObject Document()
    {
        using var file = Open();
        return JsonNode.Parse(file)!.AsObject();
    }

    private static Stream Open() => typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream(Resource)!;
}
