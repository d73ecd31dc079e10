using System.Net;
using System.Text;

namespace Hooks;

/// <summary>After deployment: a key for scoring, a scored request, and the curl that makes it again.</summary>
internal static class AfterDeployHook
{
    private const string Model = "intent";

    // What an app answers that starts, loads its model or does not know the key yet.
    private static readonly HttpStatusCode[] NotYet =
    [
        HttpStatusCode.Unauthorized, HttpStatusCode.NotFound, HttpStatusCode.BadGateway, HttpStatusCode.ServiceUnavailable, HttpStatusCode.GatewayTimeout, HttpStatusCode.InternalServerError,
    ];

    public static async Task RunAsync(HookContext context)
    {
        await PremiumPackage.AfterDeployAsync(context);
        if (context.Find("IDENTITY_AUDIENCE") is { } audience)
        {
            SayIdentities(context, audience);
            return;
        }

        var key = await ScoringKey.EnsureAsync(context);
        context.Say(context.Find("SCORING_PLAN_SUMMARY") ?? "");
        context.Say(context.Find("SCORING_ALERTS") ?? "");

        var address = $"{context.Get("SCORING_URI")}/api/score/{Model}";
        if (PublishModelsHook.IsClosed(context))
        {
            context.Say("The network is closed and the models may not be published yet. Once they are:");
            context.Say(Curl(context, address, key));
            return;
        }

        var request = await File.ReadAllTextAsync(Path.Combine(context.Root, "samples", Model, "request.json"));
        var answer = await context.RetryAsync("the first answer", () => AskAsync(context, address, key, request));
        context.Say("Scored:");
        context.Say(answer);
        context.Say("Again:");
        context.Say(Curl(context, address, key));
    }

    // No key opens anything then, and the app takes tokens of whom its registration gave a role to: nobody can say here that this is who deploys.
    private static void SayIdentities(HookContext context, string audience)
    {
        context.Say(context.Find("SCORING_PLAN_SUMMARY") ?? "");
        context.Say(context.Find("SCORING_ALERTS") ?? "");
        context.Say("The app asks for identities in place of keys. Whoever has the role Score asks so, once the Azure CLI may ask for tokens of the registration (docs/identity.md):");
        context.Say($"curl -s {context.Get("SCORING_URI")}/api/score/{Model} -H \"Authorization: Bearer $(az account get-access-token --scope {audience}/.default --query accessToken -o tsv)\" -H 'Content-Type: application/json' -d @samples/{Model}/request.json");
    }

    private static async Task<(string? Result, string Reason)> AskAsync(HookContext context, string address, string key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Headers = { { "x-functions-key", key } },
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        try
        {
            using var response = await context.Http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            if (response.IsSuccessStatusCode)
            {
                return (text, "");
            }

            return NotYet.Contains(response.StatusCode)
                ? (null, $"the app answered {(int)response.StatusCode}")
                : throw new HookException($"The app refused the sample request with {(int)response.StatusCode}: {text}");
        }
        catch (HttpRequestException e)
        {
            return (null, e.Message);
        }
        catch (TaskCanceledException)
        {
            return (null, "the app did not answer in time");
        }
    }

    // A pipeline's log is kept: there the key stays out, and the command reads it.
    private static string Curl(HookContext context, string address, string key) => context.IsPipeline
        ? $"curl -s {address} -H \"x-functions-key: $(az functionapp function keys list -g {context.Find("AZURE_RESOURCE_GROUP")} -n {context.Find("AZURE_FUNCTION_NAME")} --function-name Score --query {ScoringKey.Name} -o tsv)\" -H 'Content-Type: application/json' -d @samples/{Model}/request.json"
        : $"curl -s {address} -H 'x-functions-key: {key}' -H 'Content-Type: application/json' -d @samples/{Model}/request.json";
}
