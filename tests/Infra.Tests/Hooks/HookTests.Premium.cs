using System.IO.Compression;
using System.Net;

namespace InfraTests.Hooks;

/// <content>What hooks do on the premium plan, where the app runs from an uploaded zip.</content>
public sealed partial class HookTests
{
    [Fact]
    public async Task BeforeDeploy_OfFlex_DoesNothing()
    {
        var (status, _) = await run.RunAsync("before-deploy");

        Assert.Equal(0, status);
        Assert.Empty(azure.Asked);
    }

    [Fact]
    public async Task BeforeDeploy_OfPremium_UploadsThePackageAndTakesTheSettingOff()
    {
        run.Environment["SCORING_HOSTING_PLAN"] = "premium";
        Directory.CreateDirectory(Path.Combine(run.Root, "artifacts/functions"));
        File.WriteAllText(Path.Combine(run.Root, "artifacts/functions/host.json"), "{}");
        azure.RefuseFirst("/functions.zip", HttpStatusCode.Forbidden);

        var (status, said) = await run.RunAsync("before-deploy");

        Assert.True(status == 0, said);
        using var zip = new ZipArchive(new MemoryStream(azure.Package!));
        Assert.Equal("host.json", Assert.Single(zip.Entries).FullName);
        Assert.Equal(["Scoring__Preload"], azure.Settings.Select(setting => setting.Key));
    }

    [Fact]
    public async Task AfterDeploy_OfPremium_PutsTheSettingBackAndRestarts()
    {
        run.Environment["SCORING_HOSTING_PLAN"] = "premium";
        azure.Settings.Remove("WEBSITE_RUN_FROM_PACKAGE");

        var (status, said) = await run.RunAsync("after-deploy");

        Assert.True(status == 0, said);
        Assert.Equal($"{azure.Address}/app-package/functions.zip", (string?)azure.Settings["WEBSITE_RUN_FROM_PACKAGE"]);
        Assert.Equal("intent", (string?)azure.Settings["Scoring__Preload"]);
        Assert.Contains(azure.Asked, request => request.EndsWith("/restart", StringComparison.Ordinal));
        Assert.Contains(azure.Asked, request => request.EndsWith("/syncfunctiontriggers", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AfterDeploy_OfTwoApps_RestartsBothFromTheNewPackage()
    {
        const string batch = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/func-batch";
        run.Environment["SCORING_HOSTING_PLAN"] = "premium";
        run.Environment["SCORING_BATCH_APP_ID"] = batch;

        var (status, said) = await run.RunAsync("after-deploy");

        Assert.True(status == 0, said);
        Assert.Contains($"POST {run.Environment["SCORING_APP_ID"]}/restart", azure.Asked);
        Assert.Contains($"POST {batch}/restart", azure.Asked);
        Assert.Contains($"POST {batch}/syncfunctiontriggers", azure.Asked);
        Assert.DoesNotContain(azure.Asked, request => request.StartsWith($"PUT {batch}", StringComparison.Ordinal));
    }
}
