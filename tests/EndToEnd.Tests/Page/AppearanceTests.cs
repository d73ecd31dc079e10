using System.Text.Json;
using Microsoft.Playwright;
using TestCommon;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Page;

[Collection(OnOneApp.Name)]
public sealed class AppearanceTests(PageApp app)
{
    private static readonly string[] Views = ["shop", "topics", "playground", "now"];

    /// <summary>Walks the four views; nothing for axe, nothing on the console, nothing wider than the screen. Leaves screenshots in artifacts/page; with UPDATE_SNAPSHOTS=1 also the one that the README shows.</summary>
    [DebianFact("chromium")]
    public async Task Views_OnADesktop_AreAccessibleAndQuiet() => await LookAsync("desktop", Screen.Desktop);

    [DebianFact("chromium")]
    public async Task Views_OnADesktopInTheDark_AreAccessibleAndQuiet() => await LookAsync("desktop-dark", Screen.Desktop with { Scheme = ColorScheme.Dark });

    [DebianFact("chromium")]
    public async Task Views_OnAPhone_AreAccessibleAndQuiet() => await LookAsync("phone", Screen.Phone);

    [DebianFact("chromium")]
    public async Task Views_OnAPhoneInTheLight_AreAccessibleAndQuiet() => await LookAsync("phone-light", Screen.Phone with { Scheme = ColorScheme.Light });

    [DebianFact("chromium")]
    public async Task LiveMetrics_OnADesktop_AreTwoScreensHighAtMost()
    {
        await using var visited = await app.OpenAsync("now", Screen.Desktop);
        await Expect(visited["#pictures figure"]).Not.ToHaveCountAsync(0);

        Assert.InRange(await visited.Page.EvaluateAsync<int>("document.documentElement.scrollHeight"), 1, 2 * Screen.Desktop.Height);
    }

    [DebianFact("chromium")]
    public async Task LiveMetrics_Tiles_FillTheirRows()
    {
        await using var visited = await app.OpenAsync("now", Screen.Desktop);
        await Expect(visited["#pictures figure"]).Not.ToHaveCountAsync(0);

        // The last tile of each row ends where the list ends.
        var gaps = await visited.Page.EvaluateAsync<double[]>("""
            () => ['#figures', '#pictures'].flatMap(list => {
              const rows = new Map();
              for (const tile of document.querySelector(list).children) rows.set(tile.offsetTop, tile.getBoundingClientRect().right);
              return [...rows.values()].map(right => document.querySelector(list).getBoundingClientRect().right - right);
            })
            """);

        Assert.All(gaps, gap => Assert.InRange(gap, -1, 1));
    }

    // What a font lacks is shown as a box: the page draws what it shows.
    [Fact]
    public void Assets_HoldNoPictureCharacters() => Assert.All(Directory.GetFiles(Checkout.PathTo("src", "Http", "Assets")), file =>
        Assert.DoesNotContain(File.ReadAllText(file).EnumerateRunes(), rune => rune.Value >= 0x1F000 || rune.Value is >= 0x2600 and <= 0x27BF));

    [DebianFact("chromium")]
    public async Task Views_ByKeyboardAlone_AreReachedAndUsed()
    {
        await using var visited = await app.OpenAsync("shop");
        await visited.Page.ReloadAsync();

        await visited.Page.Keyboard.PressAsync("Tab");
        await Expect(visited[".skip"]).ToBeFocusedAsync();
        for (var tabs = 0; tabs < 3; tabs++)
        {
            await visited.Page.Keyboard.PressAsync("Tab");
        }

        await visited.Page.Keyboard.PressAsync("Enter");
        await Expect(visited["#view-playground"]).ToBeVisibleAsync();
        await visited["#play-model"].FocusAsync();
        await Expect(visited["#field-0"]).ToBeVisibleAsync();
        await visited["#field-0"].PressAsync("Enter");
        await Expect(visited["#play-response"]).ToContainTextAsync("HTTP 200");
    }

    private async Task LookAsync(string name, Screen screen)
    {
        var axe = await File.ReadAllTextAsync(Checkout.PathTo("eng", "node", "node_modules", "axe-core", "axe.min.js"));
        await using var visited = await app.OpenAsync("shop", screen);
        await visited["#walk-buying"].ClickAsync();
        await Expect(visited["#latency-history .dot"]).ToHaveCountAsync(6);
        foreach (var view in Views)
        {
            await visited[$".top nav a[href='#{view}']"].ClickAsync();
            await UseAsync(visited, view);
            await visited.Page.ScreenshotAsync(new() { Path = Checkout.PathTo("artifacts", "page", $"{view}-{name}.png"), FullPage = true });
            if (view == "shop" && screen == Screen.Desktop && Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
            {
                await visited.Page.ScreenshotAsync(new() { Path = Checkout.PathTo("docs", "page.png"), FullPage = true });
            }

            await visited.Page.EvaluateAsync(axe);
            var violations = await visited.Page.EvaluateAsync<JsonElement>("async () => (await axe.run()).violations");
            Assert.Empty(violations.EnumerateArray().Select(violation => $"{view}: {violation}"));
            Assert.Equal(0, await visited.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"));
        }

        Assert.Empty(visited.Complaints);
    }

    // So that the pictures and axe see a view at work.
    private static async Task UseAsync(VisitedPage visited, string view)
    {
        switch (view)
        {
            case "topics":
                await Expect(visited["#topics-absent, #topics-try"].Filter(new() { Visible = true })).ToHaveCountAsync(1);
                if (await visited["#topics-try"].IsVisibleAsync())
                {
                    await visited["#topics-examples button"].First.ClickAsync();
                    await Expect(visited["#topics-bars tr"]).Not.ToHaveCountAsync(0);
                }

                break;
            case "playground":
                await visited["#play-model"].SelectOptionAsync("intent");
                await visited["#play-form button[type=submit]"].ClickAsync();
                await Expect(visited["#play-response"]).ToContainTextAsync("HTTP 200");
                break;
            case "now":
                await Expect(visited["#pictures figure"]).Not.ToHaveCountAsync(0);
                break;
        }
    }
}
