using System.Text.Json.Nodes;
using TestCommon;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Page;

/// <summary>How far requests are from what the sample model was made for, by the route and on the page.</summary>
[Collection(OnOneApp.Name)]
public sealed class DriftTests(PageApp app)
{
    [DebianFact("chromium")]
    public async Task Now_AfterRequests_DrawsTheDistanceThatTheRouteTells()
    {
        var sessions = File.ReadLines(Checkout.PathTo("samples", "intent", "sessions.jsonl")).Take(600);
        using var scored = await app.App.PostAsync("api/score/intent", $$"""{"instances":[{{string.Join(',', sessions)}}]}""");
        scored.EnsureSuccessStatusCode();

        var drift = JsonNode.Parse(await app.App.Client.GetStringAsync(new Uri("api/models/intent/drift", UriKind.Relative)))!;
        await using var visited = await app.OpenAsync("now");

        var confidence = drift["versions"]![0]!["features"]!.AsArray().Single(feature => (string?)feature!["name"] == "(confidence)")!;
        Assert.InRange((int)confidence["rows"]!, 600, int.MaxValue);
        Assert.Equal(((string?)drift["live"], "instance"), ((string?)drift["versions"]![0]!["version"], (string?)drift["scope"]));
        await Expect(visited["#pictures figure"].Filter(new() { HasText = "from its baseline (PSI)" })).ToContainTextAsync("(confidence)");
        Assert.Empty(visited.Complaints);
    }
}
