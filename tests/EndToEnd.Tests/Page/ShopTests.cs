using System.Text.Json;
using Microsoft.Playwright;
using TestCommon;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Page;

[Collection(OnOneApp.Name)]
public sealed class ShopTests(PageApp app)
{
    private const double Threshold = 0.3;

    private static readonly string[] Buying = ["/kettle", "/shipping", "/basket", "/checkout"];
    private static readonly string[] Considering = ["/kettle", "/shipping"];
    private static readonly string[] Browsing = ["/sale", "/brewing", "/", "/brewing"];

    [DebianFact("chromium")]
    public async Task Shop_BuyingAndBrowsingVisitor_EndOnOppositeSidesOfTheThreshold()
    {
        await using var visited = await app.OpenAsync("shop");

        var buying = await WalkAsync(visited, Buying);
        await visited["#new-visit"].ClickAsync();
        var browsing = await WalkAsync(visited, Browsing);

        Assert.True(buying > Threshold, $"The buying visitor ended at {buying}.");
        Assert.True(browsing < Threshold, $"The browsing visitor ended at {browsing}.");
        Assert.Empty(visited.Complaints);
    }

    [DebianFact("chromium")]
    public async Task Shop_ThresholdMovedByKeyboard_OfferFollows()
    {
        await using var visited = await app.OpenAsync("shop");
        await WalkAsync(visited, Considering);
        await Expect(visited["#offer"]).ToHaveAttributeAsync("data-side", "likely");
        var before = await visited["#offer"].InnerTextAsync();

        await visited["#threshold"].PressAsync("End");

        await Expect(visited["#threshold-value"]).ToHaveTextAsync("95 %");
        await Expect(visited["#offer"]).ToHaveAttributeAsync("data-side", "unlikely");
        await Expect(visited["#offer"]).Not.ToHaveTextAsync(before);
    }

    [DebianFact("chromium")]
    public async Task Shop_ThresholdDraggedByMouse_OfferFollows()
    {
        await using var visited = await app.OpenAsync("shop");
        await WalkAsync(visited, Considering);
        var slider = (await visited["#threshold"].BoundingBoxAsync())!;
        var middle = slider.Y + (slider.Height / 2);

        // From 30 %, where the page begins on an axis from 5 to 95, to the right end.
        await visited.Page.Mouse.MoveAsync(slider.X + (slider.Width * 25 / 90), middle);
        await visited.Page.Mouse.DownAsync();
        await visited.Page.Mouse.MoveAsync(slider.X + slider.Width - 1, middle, new() { Steps = 5 });
        await visited.Page.Mouse.UpAsync();

        await Expect(visited["#offer"]).ToHaveAttributeAsync("data-side", "unlikely");
    }

    [DebianFact("chromium")]
    public async Task Shop_WalkButtons_WalkAWholeVisitByThemselves()
    {
        await using var visited = await app.OpenAsync("shop");

        await visited["#walk-buying"].ClickAsync();
        await Expect(visited["#latency-history .dot"]).ToHaveCountAsync(6);
        await Expect(visited["#intent-label"]).ToHaveTextAsync("likely to buy");

        await visited["#walk-browsing"].ClickAsync();
        await Expect(visited["#latency-history .dot"]).ToHaveCountAsync(6);
        await Expect(visited["#intent-label"]).ToHaveTextAsync("just browsing");
        await Expect(visited["#latency-words"]).ToContainTextAsync("of the 50 ms promised");
    }

    [DebianFact("chromium")]
    public async Task Shop_Opened_PlaysAShortVisitOnceAndAgainByItsButton()
    {
        await using var visited = await app.NewPageAsync(moves: true);
        await visited.Page.GotoAsync($"{app.Address}#key={RunningApp.FunctionKey}");

        await Expect(visited["#latency-history .dot"]).ToHaveCountAsync(4);
        await Expect(visited["#intent-label"]).ToHaveTextAsync("likely to buy");
        await Expect(visited["#shop-request"]).ToContainTextAsync("POST /api/score/intent");
        await Expect(visited["#shop-request"]).ToContainTextAsync("\"PageValues\"");
        await Expect(visited["#shop-response"]).ToContainTextAsync("\"purchase\"");

        await visited[".top nav a[href='#topics']"].ClickAsync();
        await visited[".top nav a[href='#shop']"].ClickAsync();
        await visited["#replay"].ClickAsync();
        await Expect(visited["#latency-history .dot"]).ToHaveCountAsync(1);
        await Expect(visited["#latency-history .dot"]).ToHaveCountAsync(4);
        Assert.Empty(visited.Complaints);
    }

    [DebianFact("chromium")]
    public async Task Shop_VisitorClicksWhileItPlays_TheVisitIsTheirs()
    {
        await using var visited = await app.NewPageAsync(moves: true);
        await visited.Page.GotoAsync($"{app.Address}#key={RunningApp.FunctionKey}");
        await Expect(visited["#latency-history .dot"]).ToHaveCountAsync(1);

        await visited["#new-visit"].ClickAsync();
        await WalkAsync(visited, Browsing);
    }

    [DebianFact("chromium")]
    public async Task Shop_HandedAKeyForOutcomes_TellsWhatCameOfAVisit()
    {
        await using var visited = await app.NewPageAsync();
        await visited.Page.GotoAsync($"{app.Address}#key={PageApp.ScoringKey}&outcomes={PageApp.OutcomesKey}");
        await WalkAsync(visited, Buying);

        await visited["#shop-page button:text('Buy')"].ClickAsync();
        await Expect(visited["#outcome-said"]).ToContainTextAsync("\"purchase\"");
        await visited["#new-visit"].ClickAsync();
        await WalkAsync(visited, Browsing);
        await visited["#new-visit"].ClickAsync();
        await Expect(visited["#outcome-said"]).ToContainTextAsync("\"browse\"");

        var blobs = new Azure.Storage.Blobs.BlobServiceClient(app.Storage.ConnectionString).GetBlobContainerClient("outcomes").GetBlobs();
        Assert.Equal(2, blobs.Count(blob => blob.Name.EndsWith(".jsonl", StringComparison.Ordinal)));
        Assert.DoesNotContain("key", new Uri(visited.Page.Url).Fragment, StringComparison.Ordinal);
        Assert.Empty(visited.Complaints);
    }

    [DebianFact("chromium")]
    public async Task Shop_WithoutAKeyForOutcomes_AsksForNoReceiptsAndSaysNothing()
    {
        await using var visited = await app.OpenAsync("shop");
        await WalkAsync(visited, Buying);

        await visited["#shop-page button:text('Buy')"].ClickAsync();

        await Expect(visited["#shop-page"]).ToContainTextAsync("Thank you");
        await Expect(visited["#outcome-note"]).ToBeHiddenAsync();
        await Expect(visited["#shop-response"]).Not.ToContainTextAsync("receipt");
        Assert.Empty(visited.Complaints);
    }

    [DebianFact("chromium")]
    public async Task Shop_OpenedWhereMotionIsNotWanted_PlaysNothing()
    {
        await using var visited = await app.NewPageAsync();
        await visited.Page.RunAndWaitForResponseAsync(
            () => visited.Page.GotoAsync($"{app.Address}#key={RunningApp.FunctionKey}"),
            response => response.Url.EndsWith("/api/models/intent", StringComparison.Ordinal));
        await visited["#threshold"].PressAsync("ArrowRight");

        await Expect(visited["#threshold-value"]).ToHaveTextAsync("31 %");
        await Expect(visited["#shop-request"]).ToHaveTextAsync("Nothing yet.");
        await Expect(visited["#latency-history .dot"]).ToHaveCountAsync(0);
    }

    // Clicks like a visitor; after each click the page must show what the service answered. Gives back the last probability.
    private static async Task<double> WalkAsync(VisitedPage visited, string[] paths)
    {
        await visited["#month"].SelectOptionAsync("Nov");
        var probability = double.NaN;
        for (var click = 0; click < paths.Length; click++)
        {
            // A page that no menu names is reached through the shelf.
            if (await visited[$".window [data-path='{paths[click]}']"].CountAsync() == 0)
            {
                throw new InvalidOperationException($"No link leads to {paths[click]} from {(click == 0 ? "/" : paths[click - 1])}.");
            }

            var response = await visited.Page.RunAndWaitForResponseAsync(
                () => visited[$".window [data-path='{paths[click]}']"].First.ClickAsync(),
                candidate => candidate.Url.EndsWith("/api/score/intent", StringComparison.Ordinal));
            using var answer = JsonDocument.Parse(await response.TextAsync());
            probability = answer.RootElement.GetProperty("predictions")[0].GetProperty("probabilities").GetProperty("purchase").GetDouble();
            await Expect(visited["#latency-history .dot"]).ToHaveCountAsync(click + 1);
            await Expect(visited["#offer"]).ToHaveAttributeAsync("data-side", probability >= Threshold ? "likely" : "unlikely");
        }

        return probability;
    }
}
