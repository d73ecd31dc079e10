using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Hooks;

/// <summary>A function app in Azure Resource Manager, as who is signed in to azd.</summary>
internal sealed class ResourceManager(HookContext context, string token, string app)
{
    private const string Version = "2024-04-01";

    /// <param name="app">Resource id of the app; null for the one that callers call.</param>
    public static async Task<ResourceManager> SignInAsync(HookContext context, string? app = null) => new(context, await context.TokenAsync(), app ?? context.Get("SCORING_APP_ID"));

    /// <summary>The answer's body. What a starting or busy app answers is tried again for as long as <see cref="HookContext.Patience"/>.</summary>
    /// <param name="waiting">What is being waited for.</param>
    /// <param name="path">Below the app: <c>functions/Score/listKeys</c>.</param>
    /// <param name="whenMissing">What is done before the next try where Azure answers 404.</param>
    /// <exception cref="HookException">Azure refuses who is signed in, or does not get there in time: the message ends with the last cause.</exception>
    public Task<JsonNode> SendAsync(string waiting, HttpMethod method, string path, JsonNode? body = null, Func<Task>? whenMissing = null) =>
        context.RetryAsync<JsonNode>(waiting, async () =>
        {
            try
            {
                var (status, text) = await AskAsync(method, path, body);
                if ((int)status is >= 200 and < 300)
                {
                    return (text.Length == 0 ? new JsonObject() : JsonNode.Parse(text), "");
                }

                if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
                {
                    throw new HookException($"Azure answered {(int)status} to {method} {path}: {text}");
                }

                if (status == HttpStatusCode.NotFound && whenMissing is not null)
                {
                    await whenMissing();
                }

                return (null, $"Azure answered {(int)status} {text}".TrimEnd());
            }
            catch (HttpRequestException e)
            {
                return (null, e.Message);
            }
            catch (TaskCanceledException)
            {
                return (null, "Azure did not answer in time");
            }
        });

    /// <summary>Has the platform look again at which functions the app has. What it answers does not matter: whoever asks tries again.</summary>
    public Task SyncAsync() => AskAsync(HttpMethod.Post, "host/default/sync", null);

    private async Task<(HttpStatusCode Status, string Text)> AskAsync(HttpMethod method, string path, JsonNode? body)
    {
        var endpoint = context.Get("AZURE_RESOURCE_MANAGER").TrimEnd('/');
        using var request = new HttpRequestMessage(method, $"{endpoint}{app}/{path}?api-version={Version}")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
            Content = body is null ? null : JsonContent.Create(body),
        };
        using var response = await context.Http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
