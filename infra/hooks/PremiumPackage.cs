using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Hooks;

/// <summary>
/// Deployment to a premium plan without an Azure Files share, which would need an account key: the app runs from a zip in a container, by its
/// identity. azd's own deployment is refused while the setting that says so is there, so it is taken off before and put back after.
/// </summary>
internal static class PremiumPackage
{
    private const string Setting = "WEBSITE_RUN_FROM_PACKAGE";
    private const string Scope = "https://storage.azure.com/.default";

    public static async Task BeforeDeployAsync(HookContext context)
    {
        if (!IsPremium(context))
        {
            return;
        }

        if (PublishModelsHook.IsClosed(context))
        {
            throw new HookException("The network is closed, so this machine cannot upload the package: deploy from a machine inside the virtual network.");
        }

        await UploadAsync(context);
        await ChangeAsync(context, settings => settings.Remove(Setting));
    }

    public static async Task AfterDeployAsync(HookContext context)
    {
        if (IsPremium(context))
        {
            await ChangeAsync(context, settings => settings[Setting] = Uri(context));
            await RestartAsync(await ResourceManager.SignInAsync(context));
            if (context.Find("SCORING_BATCH_APP_ID") is { } batch)
            {
                // It runs from the same zip, and azd knows nothing of it.
                await RestartAsync(await ResourceManager.SignInAsync(context, batch));
            }
        }
    }

    private static async Task RestartAsync(ResourceManager manager)
    {
        await manager.SendAsync("the restart", HttpMethod.Post, "restart");
        await manager.SendAsync("the triggers", HttpMethod.Post, "syncfunctiontriggers");
    }

    private static bool IsPremium(HookContext context) => context.Get("SCORING_HOSTING_PLAN") == "premium";

    private static string Uri(HookContext context) => $"{context.Get("SCORING_PACKAGES")}/functions.zip";

    private static async Task UploadAsync(HookContext context)
    {
        var folder = Path.Combine(context.Root, PackageHook.Folder);
        if (!Directory.Exists(folder))
        {
            throw new HookException($"{PackageHook.Folder} is not there: azd packs before this hook, so its prepackage hook did not run.");
        }

        using var zip = new MemoryStream();
        ZipFile.CreateFromDirectory(folder, zip);
        context.Say($"Uploading the package, {zip.Length / 1_000_000.0:f1} MB.");
        await context.RetryAsync("the right to upload the package", async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, Uri(context))
            {
                Headers = { { "x-ms-version", "2023-11-03" }, { "x-ms-blob-type", "BlockBlob" } },
                Content = new ByteArrayContent(zip.ToArray()),
            };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await context.TokenAsync(Scope));
            using var response = await context.Http.SendAsync(request);
            return response.StatusCode switch
            {
                HttpStatusCode.Created => (Result: "done", Reason: ""),
                HttpStatusCode.Forbidden => (null, "the role does not work yet"),
                _ => throw new HookException($"The package was not uploaded: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}"),
            };
        });
    }

    // The settings are written as a whole: what is left out is deleted.
    private static async Task ChangeAsync(HookContext context, Action<JsonObject> change)
    {
        var manager = await ResourceManager.SignInAsync(context);
        var settings = (await manager.SendAsync("the app settings", HttpMethod.Post, "config/appsettings/list"))["properties"]!.AsObject();
        change(settings);
        await manager.SendAsync("the app settings", HttpMethod.Put, "config/appsettings", new JsonObject { ["properties"] = settings.DeepClone() });
    }
}
