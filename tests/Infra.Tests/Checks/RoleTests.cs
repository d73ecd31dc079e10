using System.Text.RegularExpressions;

namespace InfraTests.Checks;

public partial class RoleTests
{
    // Azure's built-in roles, by the name that Bicep gives them here.
    private static readonly Dictionary<string, string> BuiltIn = new()
    {
        ["storageBlobDataOwner"] = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        ["storageBlobDataContributor"] = "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        ["storageBlobDataReader"] = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        ["storageQueueDataContributor"] = "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
        ["storageQueueDataMessageProcessor"] = "8a0f0c08-91a1-4084-bc3d-661d67233fed",
        ["storageQueueDataMessageSender"] = "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a",
        ["storageTableDataContributor"] = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
        ["monitoringMetricsPublisher"] = "3913510d-42f4-4e42-8a64-420c390055eb",
    };

    // Role at the scope it is given on, for the app and for who deploys. One more or one wider is a decision, not an edit.
    private static readonly string[] Given =
    [
        "app storageBlobDataOwner host",
        "app storageBlobDataReader models::blobs::container",
        "app storageBlobDataReader data::blobs::inputs",
        "app storageBlobDataContributor data::blobs::scores",
        "app storageBlobDataContributor data::blobs::jobs",
        "app storageBlobDataContributor data::blobs::verdicts",
        "app storageBlobDataContributor data::blobs::outcomes",
        "app storageBlobDataContributor data::blobs::captures",
        "app storageQueueDataContributor data::queues::outcomeMessages",
        "app storageQueueDataMessageSender data::queues::outcomeMessagesPoison",
        "app storageQueueDataContributor data::queues::requests",
        "app storageQueueDataMessageSender data::queues::requestsPoison",
        "app storageQueueDataContributor data::queues::steps",
        "app storageQueueDataContributor data::queues::stepsPoison",
        "app storageQueueDataContributor data::queues::firstSteps",
        "app storageQueueDataContributor data::queues::firstStepsPoison",
        "app monitoringMetricsPublisher component",
        "deployer storageBlobDataContributor models::blobs::container",
        "deployer storageBlobDataContributor host::blobs::package",
    ];

    [BicepFact]
    public void RoleIds_InBicep_AreThoseOfTheirNames() =>
        Assert.All(Template.Main.Modules["roles"].Of.Json.GetProperty("variables").GetProperty("roleIds").EnumerateObject(), role => Assert.Equal(BuiltIn[role.Name], role.Value.GetString()));

    [BicepFact]
    public void Assignments_InBicep_AreTheNarrowestThatWork() => Assert.Equal(Given.Order(), Roles().Select(role =>
        $"{role.Principal} {role.Role} {role.Scope}").Order());

    [BicepFact]
    public void Assignments_InBicep_SayWhy() => Assert.All(Roles(), role =>
        Assert.True(role.Why.Length > 20, $"{role.Scope} has no reason."));

    [Fact]
    public void Files_OfBicep_HoldNoSharedKey()
    {
        var text = string.Concat(Directory.EnumerateFiles(BicepCompiler.Folder, "*.bicep", SearchOption.AllDirectories).Select(File.ReadAllText));

        Assert.DoesNotContain("listKeys", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("AccountKey=", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("allowSharedKeyAccess: true", text, StringComparison.Ordinal);
        Assert.DoesNotContain("allowBlobPublicAccess: true", text, StringComparison.Ordinal);
        Assert.Equal(3, text.Split("allowSharedKeyAccess: false").Length - 1);
        Assert.Equal(3, text.Split("minimumTlsVersion: 'TLS1_2'").Length - 1);
        Assert.Contains("DisableLocalAuth: true", text, StringComparison.Ordinal);
    }

    private static List<(string Principal, string Role, string Scope, string Why)> Roles() =>
    [
        .. Declared().Matches(File.ReadAllText(Path.Combine(BicepCompiler.Folder, "modules", "roles.bicep"))).Select(match => match.Value).Select(text => (
            text.Contains("principalId: appPrincipalId", StringComparison.Ordinal) ? "app" : "deployer", Role().Match(text).Groups[1].Value, Scope().Match(text).Groups[1].Value, Why().Match(text).Groups[1].Value)),
    ];

    [GeneratedRegex(@"^resource \w+ 'Microsoft\.Authorization/roleAssignments@.*?^\}", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Declared();

    [GeneratedRegex(@"roleDefinitions',\s*roleIds\.(\w+)")]
    private static partial Regex Role();

    [GeneratedRegex(@"scope: ([\w:]+)")]
    private static partial Regex Scope();

    [GeneratedRegex(@"description: '(.*)'")]
    private static partial Regex Why();
}
