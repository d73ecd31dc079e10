using TestCommon;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Page;

[Collection(OnOneApp.Name)]
public sealed class ServiceTests(PageApp app)
{
    [DebianFact("chromium")]
    public async Task Page_ServiceStoppedAndStarted_SaysHowToStartItAndRecovers()
    {
        var first = await RunningApp.StartAsync(app.Storage);
        var address = first.Client.BaseAddress!;
        await using var visited = await app.OpenAsync(address, "now");
        await Expect(visited["#now-instance"]).ToContainTextAsync($"process {first.ProcessId}");

        await first.DisposeAsync();

        await Expect(visited["#trouble"]).ToContainTextAsync("Start it with ./dev up", new() { Timeout = 60_000 });
        await using var second = await RunningApp.StartAsync(app.Storage, ("LOCALHOST_URL", address.ToString()));
        await Expect(visited["#trouble"]).ToBeHiddenAsync(new() { Timeout = 60_000 });
        await Expect(visited["#now-instance"]).ToContainTextAsync($"process {second.ProcessId}", new() { Timeout = 60_000 });
    }

    [DebianFact("chromium")]
    public async Task Page_KeyHandedOver_LeavesTheAddressAndStaysInTheTab()
    {
        await using var visited = await app.OpenAsync("shop");

        Assert.DoesNotContain("key", visited.Page.Url, StringComparison.Ordinal);
        await visited.Page.ReloadAsync();
        await Expect(visited["#key-form"]).ToBeHiddenAsync();
        Assert.DoesNotContain(RunningApp.FunctionKey, app.App.Log, StringComparison.Ordinal);
        Assert.Null(await visited.Page.EvaluateAsync<string?>("localStorage.getItem('scoring-key')"));
    }

    [DebianFact("chromium")]
    public async Task Page_WithoutAKeyOrWithABadOne_AsksForIt()
    {
        await using var visited = await app.NewPageAsync();
        await visited.Page.GotoAsync(app.Address.ToString());
        await Expect(visited["#key-form"]).ToBeVisibleAsync();

        await visited["#key"].FillAsync("not the key");
        await visited["#key"].PressAsync("Enter");
        await Expect(visited["#key-why"]).ToContainTextAsync("not accepted");

        await visited["#key"].FillAsync(RunningApp.FunctionKey);
        await visited["#key"].PressAsync("Enter");
        await Expect(visited["#key-form"]).ToBeHiddenAsync();
        await visited["[data-path='/sale']"].ClickAsync();
        await Expect(visited["#latency-history .dot"]).ToHaveCountAsync(1);
    }

    [DebianFact("chromium")]
    public async Task Page_SwitchedOff_IsNotThere()
    {
        await using var off = await RunningApp.StartAsync(app.Storage, ("Scoring__Page", "false"));

        foreach (var path in (string[])["", "assets/page.js", "assets/scoring-client.js"])
        {
            using var response = await off.Client.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(System.Net.HttpStatusCode.NotFound, response.StatusCode);
        }
    }
}
