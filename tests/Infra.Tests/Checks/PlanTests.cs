using System.Text.RegularExpressions;

namespace InfraTests.Checks;

/// <summary>What the two hosting plans come out as.</summary>
public class PlanTests
{
    private static Deployed Separate => Deployed.With(new { hostingPlan = "premium", separateBatch = true, allowedOrigins = "https://a.example" });

    [BicepFact]
    public void Flex_WithDefaults_ScalesToZero()
    {
        var deployed = Deployed.With(new { });
        var scale = deployed.App.GetProperty("properties").GetProperty("functionAppConfig").GetProperty("scaleAndConcurrency");

        Assert.Equal("FC1", deployed.Plan.GetProperty("sku").GetProperty("name").GetString());
        Assert.Equal(0, scale.GetProperty("alwaysReady").GetArrayLength());
        Assert.Equal(2048, scale.GetProperty("instanceMemoryMB").GetInt32());
    }

    [BicepFact]
    public void Flex_WithAlwaysReady_NamesHttpAndTheQueueFunction()
    {
        var deployed = Deployed.With(new { alwaysReadyHttp = 2, alwaysReadyBatch = 1 });
        var ready = deployed.App.GetProperty("properties").GetProperty("functionAppConfig").GetProperty("scaleAndConcurrency").GetProperty("alwaysReady");

        Assert.Equal(["http 2", "function:Batch 1", "function:BatchStep 1", "function:BatchFirstStep 1"], ready.EnumerateArray().Select(each => $"{each.GetProperty("name")} {each.GetProperty("instanceCount")}"));
    }

    [BicepFact]
    public void Flex_WithAlwaysReady_NamesFunctionsThatAreThere()
    {
        var source = string.Concat(Directory.EnumerateFiles(Checkout.PathTo("src", "Triggers"), "*.cs").Select(File.ReadAllText));
        var ready = Deployed.With(new { alwaysReadyBatch = 1 }).App.GetProperty("properties").GetProperty("functionAppConfig").GetProperty("scaleAndConcurrency").GetProperty("alwaysReady");

        Assert.All(ready.EnumerateArray(), each => Assert.Contains($"[Function(\"{each.GetProperty("name").GetString()!["function:".Length..]}\")]", source, StringComparison.Ordinal));
    }

    [BicepFact]
    public void Flex_OfRuntime_IsThatOfTheProject()
    {
        var runtime = Deployed.With(new { }).App.GetProperty("properties").GetProperty("functionAppConfig").GetProperty("runtime");

        Assert.Equal("dotnet-isolated", runtime.GetProperty("name").GetString());
        Assert.Contains($"<TargetFramework>net{runtime.GetProperty("version").GetString()}</TargetFramework>", File.ReadAllText(Checkout.PathTo("Directory.Build.props")), StringComparison.Ordinal);
    }

    [BicepFact]
    public void Premium_WithDefaults_IsElasticAndAlwaysOn()
    {
        var deployed = Deployed.With(new { hostingPlan = "premium" });
        var site = deployed.App.GetProperty("properties").GetProperty("siteConfig");

        Assert.Equal("EP1", deployed.Plan.GetProperty("sku").GetProperty("name").GetString());
        Assert.Equal(1, deployed.Plan.GetProperty("sku").GetProperty("capacity").GetInt32());
        Assert.Equal(20, deployed.Plan.GetProperty("properties").GetProperty("maximumElasticWorkerCount").GetInt32());
        Assert.Equal("/v2/health/ready", site.GetProperty("healthCheckPath").GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, deployed.App.GetProperty("properties").GetProperty("functionAppConfig").ValueKind);
    }

    [BicepFact]
    public void Premium_SeparateBatch_IsTwoAppsOfTheSamePackageWithEveryFunctionInOne()
    {
        var deployed = Separate;
        var settings = deployed.Apps.Select(deployed.SettingsOf).ToList();
        var functions = Regex.Matches(string.Concat(Directory.EnumerateFiles(Checkout.PathTo("src", "Triggers"), "*.cs").Select(File.ReadAllText)), @"\[Function\(""(\w+)""\)\]").Select(match => match.Groups[1].Value);
        string[] disabledForHttp = [.. Disabled(settings[0])], disabledForBatch = [.. Disabled(settings[1])];

        Assert.Equal(2, deployed.Apps.Count);
        Assert.Equal(["Batch", "BatchFirstStep", "BatchFirstStepPoison", "BatchStep", "BatchStepPoison", "OutcomesMessage"], disabledForHttp.Order());
        Assert.Equal(functions.Order(), disabledForHttp.Concat(disabledForBatch).Order());
        Assert.Equal(settings[0]["WEBSITE_RUN_FROM_PACKAGE"].GetString(), settings[1]["WEBSITE_RUN_FROM_PACKAGE"].GetString());
        Assert.Equal(deployed.Plan.GetProperty("id").GetString(), Assert.Single(deployed.Apps.Select(app => app.GetProperty("properties").GetProperty("serverFarmId").GetString()).Distinct()));
        Assert.Equal(deployed.Apps[1].GetProperty("id").GetString(), deployed.Output("SCORING_BATCH_APP_ID"));

        static IEnumerable<string> Disabled(IReadOnlyDictionary<string, System.Text.Json.JsonElement> settings) =>
            settings.Keys.Select(name => Regex.Match(name, @"^AzureWebJobs\.(\w+)\.Disabled$")).Where(match => match.Success).Select(match => match.Groups[1].Value);
    }

    // What the app for queues is not: the one that azd deploys to, called from browsers, or judged by a page that it does not serve.
    [BicepFact]
    public void Premium_SeparateBatch_LeavesTheAppForQueuesToItself()
    {
        var deployed = Separate;
        var site = deployed.Apps[1].GetProperty("properties").GetProperty("siteConfig");

        Assert.False(deployed.Apps[1].GetProperty("tags").TryGetProperty("azd-service-name", out _));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, site.GetProperty("healthCheckPath").ValueKind);
        Assert.Equal(0, site.GetProperty("cors").GetProperty("allowedOrigins").GetArrayLength());
        Assert.Equal("", deployed.SettingsOf(deployed.Apps[1])["Scoring__Preload"].GetString());
    }

    // The host tells apps that share its storage apart by the first 32 characters of their names.
    [BicepFact]
    public void Premium_SeparateBatch_HasNamesThatTheHostTellsApart() => Assert.All(
        Separate.Apps, app => Assert.InRange(app.GetProperty("name").GetString()!.Length, 1, 32));

    [BicepTheory]
    [InlineData("flex", true)]
    [InlineData("premium", false)]
    public void Apps_OtherwiseThanSeparateOnPremium_AreOneWithEveryFunction(string hostingPlan, bool separateBatch)
    {
        var deployed = Deployed.With(new { hostingPlan, separateBatch });

        Assert.Single(deployed.Apps);
        Assert.DoesNotContain(deployed.Settings.Keys, name => name.EndsWith(".Disabled", StringComparison.Ordinal));
        Assert.Equal("", deployed.Output("SCORING_BATCH_APP_ID"));
    }

    [BicepFact]
    public void Flex_WithoutPlaceholder_SaysSoToThePlatform()
    {
        const string setting = "WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED";

        Assert.Equal("0", Deployed.With(new { dotnetPlaceholder = false }).Settings[setting].GetString());
        Assert.DoesNotContain(setting, Deployed.With(new { }).Settings.Keys);
        Assert.DoesNotContain(setting, Deployed.With(new { hostingPlan = "premium", dotnetPlaceholder = false }).Settings.Keys);
    }

    [BicepTheory]
    [InlineData("flex", 1)]
    [InlineData("premium", 2)]
    public void Apps_Each_SendThePlatformsMetricsToTheWorkspace(string hostingPlan, int apps)
    {
        var deployed = hostingPlan == "premium" ? Separate : Deployed.With(new { hostingPlan });
        var sent = deployed.Resources.Where(each => each.GetProperty("type").GetString() == "Microsoft.Insights/diagnosticSettings" && each.GetProperty("name").GetString() == "platform-metrics").ToList();

        Assert.Equal(apps, sent.Count);
        Assert.All(sent, each => Assert.Equal("AllMetrics", Assert.Single(each.GetProperty("properties").GetProperty("metrics").EnumerateArray()).GetProperty("category").GetString()));
    }

    [BicepFact]
    public void Cors_WithOrigins_HoldsEachTrimmed()
    {
        var site = Deployed.With(new { allowedOrigins = "https://a.example, https://b.example" }).App.GetProperty("properties").GetProperty("siteConfig");

        Assert.Equal(["https://a.example", "https://b.example"], site.GetProperty("cors").GetProperty("allowedOrigins").EnumerateArray().Select(each => each.GetString()!));
    }

    [BicepFact]
    public void App_OfService_CarriesTheTagThatAzdLooksFor()
    {
        var tag = Deployed.With(new { }).App.GetProperty("tags").GetProperty("azd-service-name").GetString();

        Assert.Contains($"\n  {tag}:\n", File.ReadAllText(Checkout.PathTo("azure.yaml")), StringComparison.Ordinal);
    }
}
