namespace InfraTests.Checks;

/// <summary>What the two hosting plans come out as.</summary>
public class PlanTests
{
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
