using System.Net;
using System.Text.Json.Nodes;

namespace InfraTests.Hooks;

/// <summary>Resource manager, storage and the deployed app in one on this machine, with what the hooks need of them and what they were asked.</summary>
internal sealed class FakeAzure : IDisposable
{
    private readonly LoopbackServer server;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Queue<HttpStatusCode>> refusals = [];

    public FakeAzure() => server = new LoopbackServer(AnswerAsync);

    public string Address => server.Address;

    /// <summary>Keys by function.</summary>
    public Dictionary<string, Dictionary<string, string>> Keys { get; } = new() { ["Score"] = [], ["ScoreVersion"] = [] };

    public JsonObject Settings { get; } = new() { ["WEBSITE_RUN_FROM_PACKAGE"] = "http://old", ["Scoring__Preload"] = "intent" };

    /// <summary>Method and path of every request, in order.</summary>
    public List<string> Asked { get; } = [];

    public byte[]? Package { get; private set; }

    /// <summary>Answers requests to paths that end so with these statuses first.</summary>
    public void RefuseFirst(string path, params HttpStatusCode[] statuses) => refusals[path] = new(statuses);

    public void Dispose() => server.Dispose();

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body);
        var (status, answer) = Take(context.Request, context.Request.Url!.AbsolutePath, body.ToArray());
        context.Response.StatusCode = (int)status;
        await context.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer));
        context.Response.Close();
    }

    // One request after the other.
    private (HttpStatusCode Status, string Answer) Take(HttpListenerRequest request, string path, byte[] body)
    {
        lock (gate)
        {
            Asked.Add($"{request.HttpMethod} {path}");
            return this.refusals.FirstOrDefault(each => path.EndsWith(each.Key, StringComparison.Ordinal)).Value is { Count: > 0 } refusals
                ? (refusals.Dequeue(), "{}")
                : Answer(request, path, body);
        }
    }

    private (HttpStatusCode Status, string Answer) Answer(HttpListenerRequest request, string path, byte[] body)
    {
        var parts = path.Split('/');
        var signedIn = request.Headers["Authorization"] == "Bearer token-of-deployer";
        return (request.HttpMethod, path) switch
        {
            (_, var each) when each.StartsWith("/subscriptions", StringComparison.Ordinal) && !signedIn => (HttpStatusCode.Unauthorized, "no token"),
            ("POST", var each) when each.EndsWith("/listKeys", StringComparison.Ordinal) => (HttpStatusCode.OK, System.Text.Json.JsonSerializer.Serialize(Keys[parts[^2]])),
            ("PUT", var each) when each.Contains("/keys/", StringComparison.Ordinal) => Stored(parts, JsonNode.Parse(body)!),
            ("POST", var each) when each.EndsWith("/config/appsettings/list", StringComparison.Ordinal) => (HttpStatusCode.OK, new JsonObject { ["properties"] = Settings.DeepClone() }.ToJsonString()),
            ("PUT", var each) when each.EndsWith("/config/appsettings", StringComparison.Ordinal) => Replaced(JsonNode.Parse(body)!["properties"]!.AsObject()),
            ("POST", var each) when each.EndsWith("/restart", StringComparison.Ordinal) || each.EndsWith("/syncfunctiontriggers", StringComparison.Ordinal) || each.EndsWith("/host/default/sync", StringComparison.Ordinal) => (HttpStatusCode.NoContent, ""),
            ("PUT", "/app-package/functions.zip") when signedIn && request.Headers["x-ms-blob-type"] == "BlockBlob" => Uploaded(body),
            ("POST", "/api/score/intent") => request.Headers["x-functions-key"] is { } key && Keys["Score"].ContainsValue(key)
                ? (HttpStatusCode.OK, """{"model":"intent","version":"1","predictions":[]}""")
                : (HttpStatusCode.Unauthorized, ""),
            _ => (HttpStatusCode.NotFound, ""),
        };
    }

    private (HttpStatusCode Status, string Answer) Stored(string[] parts, JsonNode body)
    {
        Keys[parts[^3]][parts[^1]] = (string)body["properties"]!["value"]!;
        return (HttpStatusCode.Created, "{}");
    }

    private (HttpStatusCode Status, string Answer) Replaced(JsonObject settings)
    {
        Settings.Clear();
        foreach (var (name, value) in settings)
        {
            Settings[name] = value?.DeepClone();
        }

        return (HttpStatusCode.OK, "{}");
    }

    private (HttpStatusCode Status, string Answer) Uploaded(byte[] body)
    {
        Package = body;
        return (HttpStatusCode.Created, "");
    }
}
