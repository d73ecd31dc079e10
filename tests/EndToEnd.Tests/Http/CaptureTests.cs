using System.Text.Json.Nodes;
using TestCommon;

namespace EndToEnd.Tests.Http;

/// <summary>Requests that a running app keeps, since the package asks for it.</summary>
public sealed class CaptureTests
{
    private const string Session = """{"ProductRelated":20,"ProductRelated_Duration":900,"PageValues":40,"Month":"Nov","VisitorType":"New_Visitor","Weekend":true}""";

    [Fact]
    public async Task Score_PackageAsksForCaptures_KeepsAnsweredRequestsInTheFolderOnceTheAppEnds()
    {
        using var folder = new TemporaryFolder();
        var package = Directory.CreateDirectory(folder.PathTo("models", "intent", "1")).FullName;
        foreach (var file in Directory.EnumerateFiles(Checkout.PathTo("samples", "intent", "package")))
        {
            File.Copy(file, Path.Combine(package, Path.GetFileName(file)));
        }

        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(package, "model.json")))!;
        config["capture"] = JsonNode.Parse("""{"share":1,"without":["Month"]}""");
        File.WriteAllText(Path.Combine(package, "model.json"), config.ToJsonString());
        await using var app = await RunningApp.StartAsync(("Scoring__Repository", folder.PathTo("models")));

        using var scored = await app.PostAsync("api/score/intent", $$"""{"instances":[{{Session}},{{Session}}]}""");
        using var refused = await app.PostAsync("api/score/intent", """{"instances":[{"Month":"Smarch"}]}""");
        var label = (string?)JsonNode.Parse(await scored.Content.ReadAsStringAsync())!["predictions"]![0]!["label"];
        Assert.Equal(0, await app.StopAsync());

        var kept = Assert.Single(Directory.EnumerateFiles(folder.PathTo("models", "_captures", "intent", "1"), "*.jsonl", SearchOption.AllDirectories));
        var lines = File.ReadAllLines(kept).Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.Equal((null, true, label), (line["Month"], (bool)line["Weekend"]!, (string?)line["captured.prediction"]!["label"])));
    }
}
