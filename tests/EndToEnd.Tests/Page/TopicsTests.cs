using TestCommon;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Page;

[Collection(OnOneApp.Name)]
public sealed class TopicsTests(PageApp app)
{
    [SamplePageFact("topics")]
    public async Task Topics_TextTyped_ShowsItsTopicFirst()
    {
        await using var visited = await app.OpenAsync("topics");

        // Typing does not wait for the box to show, a click does.
        await visited["#topics-text"].ClickAsync();
        await visited["#topics-text"].PressSequentiallyAsync("Jump over monsters, collect coins, finish all levels of the castle.");

        await Expect(visited["#topics-bars tr"].First).ToContainTextAsync("games");
        await Expect(visited["#topics-time"]).ToContainTextAsync("games");
        await visited["#topics-examples button"].Nth(1).ClickAsync();
        await Expect(visited["#topics-bars tr"].First).ToContainTextAsync("video");
        Assert.Empty(visited.Complaints);
    }

    [DebianFact("chromium")]
    public async Task Topics_ModelNotServed_SaysHowToPublishAndFillsOnceItIs()
    {
        await using var visited = await app.NewPageAsync();
        var served = "intent";
        await visited.Page.RouteAsync("**/api/models", route => route.FulfillAsync(new() { Json = new { models = new[] { new { name = served } } } }));
        await visited.Page.GotoAsync($"{app.Address}#key={RunningApp.FunctionKey}");

        await visited[".top nav a[href='#topics']"].ClickAsync();

        await Expect(visited["#topics-absent"]).ToContainTextAsync("./dev model publish samples/topics/package --name topics");
        await Expect(visited["#topics-try"]).ToBeHiddenAsync();
        await visited.Page.RouteAsync("**/api/models/topics", route => route.FulfillAsync(new() { Json = new { name = "topics", version = "1" } }));
        served = "topics";
        await Expect(visited["#topics-try"]).ToBeVisibleAsync();
    }

    [DebianFact("chromium")]
    public async Task Topics_TypingOnWhileACallIsOut_CancelsIt()
    {
        await using var visited = await app.NewPageAsync();
        var asked = 0;
        var cancelled = new TaskCompletionSource();
        visited.Page.RequestFailed += (_, request) =>
        {
            if (request.Url.EndsWith("/api/score/topics", StringComparison.Ordinal))
            {
                cancelled.TrySetResult();
            }
        };
        await visited.Page.RouteAsync("**/api/models", route => route.FulfillAsync(new() { Json = new { models = new[] { new { name = "topics" } } } }));
        await visited.Page.RouteAsync("**/api/models/topics", route => route.FulfillAsync(new() { Json = new { name = "topics", version = "1" } }));

        // The first call is never answered; the second is.
        await visited.Page.RouteAsync("**/api/score/topics", route => Interlocked.Increment(ref asked) == 1
            ? Task.CompletedTask
            : route.FulfillAsync(new() { ContentType = "application/json", Body = """{"model":"topics","version":"1","predictions":[{"label":"games","probability":1,"probabilities":{"games":1}}]}""" }));
        await visited.Page.GotoAsync($"{app.Address}#key={RunningApp.FunctionKey}");
        await visited[".top nav a[href='#topics']"].ClickAsync();

        await visited.Page.RunAndWaitForRequestAsync(() => visited["#topics-text"].FillAsync("first"), "**/api/score/topics");
        await visited["#topics-text"].FillAsync("first and second");

        await Expect(visited["#topics-bars"]).ToContainTextAsync("games");
        await cancelled.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(2, asked);
    }
}
