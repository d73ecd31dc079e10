using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using TestCommon;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Page;

/// <summary>The picture of what came true, among the live metrics.</summary>
[Collection(OnOneApp.Name)]
public sealed class ReliabilityTests(PageApp app)
{
    private const int Told = 200;

    [DebianFact("chromium")]
    public async Task Now_AfterOutcomes_DrawsWhatCameTrueOnEveryScreenAndTellsItInWords()
    {
        await TellAsync();
        var axe = await File.ReadAllTextAsync(Checkout.PathTo("eng", "node", "node_modules", "axe-core", "axe.min.js"));
        foreach (var screen in (Screen[])[Screen.Desktop, Screen.Desktop with { Scheme = ColorScheme.Dark }, Screen.Phone, Screen.Phone with { Scheme = ColorScheme.Light }])
        {
            await using var visited = await app.OpenAsync("now", screen);
            var figure = visited["#pictures figure"].Filter(new() { HasText = "What came true of intent" });

            await Expect(figure).ToContainTextAsync("calibration error");
            await Expect(figure.Locator("circle.point").First).ToBeVisibleAsync();
            await Expect(figure.Locator("svg")).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex(@"says 0\.\d\d, [01]\.\d\d of \d+ came true"));
            await Expect(figure).ToContainTextAsync(new System.Text.RegularExpressions.Regex(@"outcomes? of [\d.]+( [kM])? receipts \(\d+\.\d %\)"));
            await visited.Page.ScreenshotAsync(new() { Path = Checkout.PathTo("artifacts", "page", $"outcomes-{screen.Width}-{screen.Scheme}.png"), FullPage = true });
            await visited.Page.EvaluateAsync(axe);
            Assert.Empty((await visited.Page.EvaluateAsync<JsonElement>("async () => (await axe.run()).violations")).EnumerateArray().Select(violation => $"{screen}: {violation}"));
            Assert.Equal(0, await visited.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"));
            Assert.Empty(visited.Complaints);
        }
    }

    [DebianFact("chromium")]
    public async Task Now_FurtherOutcomes_MoveThePicture()
    {
        await TellAsync();
        await using var visited = await app.OpenAsync("now");
        var figure = visited["#pictures figure"].Filter(new() { HasText = "What came true of intent" });
        await Expect(figure).ToBeVisibleAsync();
        var before = await figure.Locator("figcaption").InnerTextAsync();

        await TellAsync();

        await Expect(figure.Locator("figcaption")).Not.ToHaveTextAsync(before);
    }

    private async Task TellAsync()
    {
        var sessions = File.ReadLines(Checkout.PathTo("samples", "intent", "sessions.jsonl")).Take(Told);
        using var scored = await app.App.PostAsync("api/score/intent", $$"""{"parameters":{"receipts":true},"instances":[{{string.Join(',', sessions)}}]}""");
        var outcomes = JsonNode.Parse(await scored.Content.ReadAsStringAsync())!["predictions"]!.AsArray()
            .Select((prediction, index) => (JsonNode)new JsonObject { ["receipt"] = prediction!["receipt"]!.GetValue<string>(), ["label"] = index % 7 == 0 ? "purchase" : "browse" }).ToArray();
        using var told = await app.App.PostAsync("api/outcomes", new JsonObject { ["outcomes"] = new JsonArray(outcomes) }.ToJsonString());
        told.EnsureSuccessStatusCode();
    }
}
