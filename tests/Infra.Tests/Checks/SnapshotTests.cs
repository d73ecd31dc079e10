using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace InfraTests.Checks;

/// <summary>
/// What each set of parameters deploys is held in infra/snapshots, so that a change of it shows in a review. With UPDATE_SNAPSHOTS=1 in the
/// environment the files are written instead of compared.
/// </summary>
public class SnapshotTests
{
    private static readonly string Folder = Checkout.PathTo("infra", "snapshots");

    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Dictionary<string, (string? Set, bool Closed)> Sets = new()
    {
        ["default"] = (null, false),
        ["cheapest"] = ("cheapest", false),
        ["low-latency"] = ("low-latency", false),
        ["premium"] = ("premium", false),
        ["closed"] = (null, true),
        ["premium-closed"] = ("premium", true),
    };

    public static TheoryData<string> Names => [.. Sets.Keys];

    [BicepTheory]
    [MemberData(nameof(Names))]
    public void Snapshot_OfSet_IsTheOneThatWasReviewed(string name)
    {
        var file = Path.Combine(Folder, $"{name}.json");
        var snapshot = Text(Of(name));
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") is "1")
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(file, snapshot);
        }

        Assert.True(File.Exists(file), $"infra/snapshots/{name}.json is not there: write it with UPDATE_SNAPSHOTS=1.");
        Assert.True(
            File.ReadAllText(file) == snapshot, $"What {name} deploys is no longer what infra/snapshots/{name}.json says: write it anew with UPDATE_SNAPSHOTS=1 and review the difference.");
    }

    [BicepFact]
    public void Snapshots_InFolder_AreThoseOfSets() =>
        Assert.Equal(Sets.Keys.Order(), Directory.EnumerateFiles(Folder).Select(file => Path.GetFileNameWithoutExtension(file)).Order());

    [Fact]
    public void Sets_OfParameters_AreAllHeld() => Assert.Empty(
        Directory.EnumerateFiles(Checkout.PathTo("infra", "parameters"), "*.env").Select(file => Path.GetFileNameWithoutExtension(file)).Except(Sets.Keys));

    [BicepFact]
    public void Snapshot_OfClosedNetwork_HasPrivateEndpoints()
    {
        Assert.DoesNotContain("privateEndpoints", Of("default").Snapshot, StringComparison.Ordinal);
        Assert.Contains("privateEndpoints", Of("closed").Snapshot, StringComparison.Ordinal);
    }

    // The compiler gives the outputs in an order that changes from run to run.
    private static string Text(Deployed deployed)
    {
        var snapshot = JsonNode.Parse(deployed.Snapshot)!.AsObject();
        var outputs = snapshot["outputs"]!.AsObject();
        snapshot["outputs"] = new JsonObject(outputs.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => KeyValuePair.Create(each.Key, each.Value?.DeepClone())));

        // The workbook holds the run books: their text is reviewed where it is written.
        var workbook = snapshot["predictedResources"]!.AsArray().Single(each => (string)each!["type"]! == "Microsoft.Insights/workbooks")!["properties"]!;
        var content = JsonNode.Parse((string)workbook["serializedData"]!)!;
        var book = content["items"]!.AsArray().Single(item => (string)item!["name"]! == "Run books")!["content"]!;
        Assert.Equal(File.ReadAllText(Checkout.PathTo("docs", "runbooks.md")), (string)book["json"]!);
        book["json"] = "docs/runbooks.md";
        workbook["serializedData"] = content.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        return snapshot.ToJsonString(Layout).ReplaceLineEndings("\n") + "\n";
    }

    private static Deployed Of(string name)
    {
        var environment = new Dictionary<string, string>(Sets[name].Set is { } set ? ParameterSet.Read(set) : new Dictionary<string, string>())
        {
            ["AZURE_ENV_NAME"] = "example",
            ["AZURE_LOCATION"] = "westeurope",
            ["AZURE_PRINCIPAL_ID"] = "00000000-0000-0000-0000-000000000003",
            ["VNET_ENABLED"] = Sets[name].Closed ? "true" : "false",
        };
        return ParameterSet.Deploy(environment);
    }
}
