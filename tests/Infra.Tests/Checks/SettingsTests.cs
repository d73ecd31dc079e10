using System.Text.Json;
using Scoring;
using Scoring.Batch;
using Scoring.Http.Identity;
using Scoring.Telemetry;

namespace InfraTests.Checks;

/// <summary>App settings and options are held to each other: neither may have what the other does not know.</summary>
public class SettingsTests
{
    // What is no option of the app but is read by the Functions host, its storage connections, Application Insights or ONNX Runtime.
    private static readonly HashSet<string> Platform =
    [
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "APPLICATIONINSIGHTS_CONNECTION_STRING", "AzureWebJobsDisableHomepage",
        "AzureWebJobsStorage__blobServiceUri", "AzureWebJobsStorage__clientId", "AzureWebJobsStorage__credential", "AzureWebJobsStorage__queueServiceUri", "ORT_DISABLE_TELEMETRY",
        "Storage__blobServiceUri", "Storage__clientId", "Storage__credential", "Storage__queueServiceUri",
    ];

    // What the Functions host reads and Flex Consumption refuses.
    private static readonly HashSet<string> NotOnFlex =
    [
        "FUNCTIONS_EXTENSION_VERSION", "FUNCTIONS_WORKER_RUNTIME", "WEBSITE_RUN_FROM_PACKAGE", "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID",
    ];

    private static readonly HashSet<string> Options =
    [
        .. OptionsOf(typeof(ScoringOptions), ScoringOptions.Section), .. OptionsOf(typeof(TelemetryOptions), TelemetryOptions.Section),
        .. OptionsOf(typeof(BatchOptions), BatchOptions.Section), .. OptionsOf(typeof(IdentityOptions), IdentityOptions.Section), .. OptionsOf(typeof(CallerOptions), CallerOptions.Section),
    ];

    [BicepTheory]
    [InlineData("flex")]
    [InlineData("premium")]
    public void Settings_InBicep_AreKnownToOptionsOrPlatform(string hostingPlan)
    {
        var known = Platform.Union(Options).Union(hostingPlan == "flex" ? [] : NotOnFlex);

        Assert.Empty(Deployed.With(new { hostingPlan }).Settings.Keys.Except(known));
    }

    [BicepTheory]
    [InlineData("flex")]
    [InlineData("premium")]
    public void Settings_OfPlatform_AreComplete(string hostingPlan) =>
        Assert.Empty(Platform.Union(hostingPlan == "flex" ? [] : NotOnFlex).Except(Deployed.With(new { hostingPlan }).Settings.Keys));

    // The host looks a trigger's connection "Storage" up as "AzureWebJobsStorage" first: with another account there, no message would ever be seen.
    [BicepTheory]
    [InlineData("flex")]
    [InlineData("premium")]
    public void Queues_OfHostAndApp_AreOneAccounts(string hostingPlan)
    {
        var settings = Deployed.With(new { hostingPlan }).Settings;

        Assert.Equal(settings["Storage__queueServiceUri"].ToString(), settings["AzureWebJobsStorage__queueServiceUri"].ToString());
    }

    [BicepFact]
    public void Options_OfTheApp_CanAllBeDeployed()
    {
        HashSet<string> deployable =
        [
            .. Deployed.With(new { }).Settings.Keys,
            .. Template.Main.PropertiesOf("scoringOptions").Select(name => $"Scoring__{name}"),
        ];

        // No plan of Azure Functions has hardware that these options are for.
        var missing = Options.Except(deployable).Except([$"Scoring__{nameof(ScoringOptions.ExecutionProviderOptions)}"]);
        Assert.True(!missing.Any(), $"Add to scoringOptions in infra/bicep/types.bicep: {string.Join(", ", missing)}");
    }

    [BicepFact]
    public void ScoringOptions_InBicep_AreOptionsOfTheApp() => Assert.All(
        Template.Main.PropertiesOf("scoringOptions"), name => Assert.Contains($"Scoring__{name}", Options));

    [BicepFact]
    public void Settings_WithFurtherOptions_HoldThem()
    {
        var settings = Deployed.With(new { scoring = new { MaxInstances = 512 } }).Settings;

        Assert.Equal("512", settings["Scoring__MaxInstances"].GetString());
    }

    [BicepFact]
    public void Settings_WithAnIdentityAudience_AskForIdentitiesInPlaceOfKeys()
    {
        var settings = Deployed.With(new { identityAudience = "a-client-id" }).Settings;

        Assert.Equal(("InsteadOfKeys", "a-client-id"), (settings["Scoring__Identity__Mode"].GetString(), settings["Scoring__Identity__Audiences"].GetString()));
        Assert.Contains("/v2.0", settings["Scoring__Identity__Authority"].GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Scoring__Identity__Mode", Deployed.With(new { }).Settings.Keys);
    }

    [Fact]
    public void AppRoles_OfTheRegistration_AreThoseOfTheApp()
    {
        using var roles = JsonDocument.Parse(File.ReadAllBytes(Checkout.PathTo("infra", "identity", "app-roles.json")));

        Assert.Equal(
            Enum.GetNames<CallerRoles>().Where(name => name != nameof(CallerRoles.None)).Order(),
            roles.RootElement.EnumerateArray().Select(role => role.GetProperty("value").GetString()).Order());
        Assert.Equal(roles.RootElement.GetArrayLength(), roles.RootElement.EnumerateArray().Select(role => role.GetProperty("id").GetGuid()).Distinct().Count());
    }

    [BicepFact]
    public void Settings_OfTelemetrySwitches_AreOn()
    {
        var settings = Deployed.With(new { }).Settings;

        Assert.Equal("1", settings["ORT_DISABLE_TELEMETRY"].GetString());
        Assert.Equal("true", settings["AzureWebJobsDisableHomepage"].GetString());
    }

    [Fact]
    public void Sample_OfLocalSettings_IsKnownToOptionsOrPlatform()
    {
        using var sample = JsonDocument.Parse(File.ReadAllBytes(Checkout.PathTo("local.settings.sample.json")));
        var known = Platform.Union(NotOnFlex).Union(Options).Union(["AzureWebJobsStorage", "Storage"]);

        Assert.Empty(sample.RootElement.GetProperty("Values").EnumerateObject().Select(value => value.Name).Except(known));
    }

    private static IEnumerable<string> OptionsOf(Type type, string section) => type.GetProperties()
        .Where(property => property.CanWrite)
        .Select(property => $"{section.Replace(":", "__", StringComparison.Ordinal)}__{property.Name}");
}
