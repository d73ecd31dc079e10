using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Hooks;

/// <summary>The function app in Azure Resource Manager, as who is signed in to azd.</summary>
internal sealed class ResourceManager(HookContext context, string token)
{
    private const string Version = "2024-04-01";

    public static async Task<ResourceManager> SignInAsync(HookContext context) => new(context, await context.TokenAsync());

    /// <summary>The answer's body; null when the resource is not there (404).</summary>
    /// <param name="path">Below the app: <c>functions/Score/listKeys</c>.</param>
    /// <exception cref="HookException">Azure refuses.</exception>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        var endpoint = context.Get("AZURE_RESOURCE_MANAGER").TrimEnd('/');
        using var request = new HttpRequestMessage(method, $"{endpoint}{context.Get("SCORING_APP_ID")}/{path}?api-version={Version}")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
            Content = body is null ? null : JsonContent.Create(body),
        };
        using var response = await context.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound => null,
            _ when response.IsSuccessStatusCode => text.Length == 0 ? new JsonObject() : JsonNode.Parse(text),
            _ => throw new HookException($"Azure answered {(int)response.StatusCode} to {method} {path}: {text}"),
        };
    }
}
