namespace Hooks;

/// <summary>After provisioning: the sample models, published with the identity of who deploys. What is there already is left as it is.</summary>
internal static class PublishModelsHook
{
    // What the model tool and the storage say when a role is missing, or given and not yet at work.
    private static readonly string[] Refusals = ["access refused", "AuthorizationPermissionMismatch", "AuthorizationFailure", "AuthorizationFailed", "403"];

    public static async Task RunAsync(HookContext context)
    {
        var repository = context.Get("SCORING_REPOSITORY");
        var packages = Directory.EnumerateDirectories(Path.Combine(context.Root, "samples"))
            .Where(sample => File.Exists(Path.Combine(sample, "package", "model.onnx"))).Order(StringComparer.Ordinal).ToArray();
        if (IsClosed(context))
        {
            context.Say($"The network is closed, so the models were not published. Either let this address in for as long as it takes:");
            context.Say("  azd env set PUBLISHER_IP_ADDRESS ADDRESS && azd provision        (afterwards: azd env set PUBLISHER_IP_ADDRESS \"\" && azd provision)");
            context.Say("or run this on a machine inside the virtual network, signed in as somebody with the role Storage Blob Data Contributor on the container:");
            foreach (var package in packages)
            {
                context.Say($"  dotnet {string.Join(' ', Arguments(context, package, repository))}");
            }

            return;
        }

        foreach (var package in packages)
        {
            var name = Path.GetFileName(package);
            context.Say($"Publishing the model {name}.");
            await context.RetryAsync($"the right to publish {name}", async () =>
            {
                var (status, output) = await context.RunAsync("dotnet", Arguments(context, package, repository), quiet: true, HostKey(context));
                var said = output.Trim();
                if (status == 0)
                {
                    context.Say(said);
                    return (Result: said, Reason: "");
                }

                return IsRefusal(said) ? (null, "the role does not work yet") : throw new HookException($"The model {name} was not published: {said}");
            });
        }
    }

    /// <summary>Whether this machine is refused by the network rather than for lack of a role.</summary>
    public static bool IsClosed(HookContext context) =>
        string.Equals(context.Find("SCORING_NETWORK_CLOSED"), "true", StringComparison.OrdinalIgnoreCase) && context.Find("SCORING_PUBLISHER_IP") is null;

    private static string[] Arguments(HookContext context, string sample, string repository) =>
    [
        "run", "--project", Path.Combine("src", "ModelTool"), "--configuration", "Release", "--", "publish",
        Path.Combine(Path.GetRelativePath(context.Root, sample), "package"), "--name", Path.GetFileName(sample), "--repository", repository,
    ];

    // The verdict that publishing writes is then believed by the app. A reference to a vault is no key: without one the app probes by itself.
    private static (string Name, string Value)[] HostKey(HookContext context) =>
        context.Find("HOST_KEY") is { } key && !key.StartsWith('@') ? [("Scoring__HostKey", key)] : [];

    private static bool IsRefusal(string said) =>
        Refusals.Any(mark => said.Contains(mark, StringComparison.OrdinalIgnoreCase));
}
