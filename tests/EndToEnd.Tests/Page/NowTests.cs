using System.Text.Json;
using TestCommon;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Page;

[Collection(OnOneApp.Name)]
public sealed class NowTests(PageApp app)
{
    [DebianFact("chromium")]
    public async Task Now_AfterARequest_ShowsWhatIsLiveAndHowItDoes()
    {
        using var answer = await app.App.PostAsync("api/score/intent", """{"instances":[{"ProductRelated":5,"ProductRelated_Duration":310,"Month":"Nov","VisitorType":"New_Visitor","Weekend":true}]}""");
        answer.EnsureSuccessStatusCode();
        using var model = JsonDocument.Parse(await app.App.Client.GetStringAsync(new Uri("api/models/intent", UriKind.Relative)));

        await using var visited = await app.OpenAsync("now");

        var row = visited["#now-models tbody tr"].Filter(new() { HasText = "intent" });
        await Expect(row).ToContainTextAsync(model.RootElement.GetProperty("sha256").GetString()![..12]);
        await Expect(row.Locator("td").First).ToHaveTextAsync(model.RootElement.GetProperty("version").GetString()!);
        await Expect(row.Locator("td.figure").Nth(1)).ToContainTextAsync("s");
        await Expect(visited["#now-instance"]).ToContainTextAsync($"process {app.App.ProcessId}");
        await Expect(visited["#figures"]).ToContainTextAsync("p99, since start");
        await Expect(visited["#pictures"]).ToContainTextAsync("Cold start by phase");
        Assert.Empty(visited.Complaints);
    }

    [DebianFact("chromium")]
    public async Task Now_KeyForScoringAlone_ShowsWhatIsLiveAndSaysWhatIsNotForThisKey()
    {
        await using var visited = await app.OpenAsync(app.Address, "now", key: PageApp.ScoringKey);

        await Expect(visited["#now-instance"]).ToContainTextAsync("does not open metrics");
        await Expect(visited["#now-models tbody tr"].Filter(new() { HasText = "intent" }).First).ToBeVisibleAsync();
        await visited["#job-start"].ClickAsync();
        await Expect(visited["#job-trouble"]).ToHaveTextAsync("This key does not open jobs.");
        await Expect(visited["#key-form"]).ToBeHiddenAsync();

        await visited[".top nav a[href='#playground']"].ClickAsync();
        await visited["#play-model"].SelectOptionAsync("intent");
        await visited["#play-form button[type=submit]"].ClickAsync();
        await Expect(visited["#play-answer .verdict-label"]).ToBeVisibleAsync();
    }

    [DebianFact("chromium")]
    public async Task Now_ModelThatNobodyAskedYet_IsSaidNotToBeLoaded()
    {
        await RunningApp.PublishAsync(app.Storage, SamplePackage.PathTo("intent"), "unasked");

        await using var visited = await app.OpenAsync("now");

        await Expect(visited["#now-models tbody tr"].Filter(new() { HasText = "unasked" }).Locator("td").First).ToHaveTextAsync("1, not loaded yet");
    }

    [DebianFact("chromium")]
    public async Task Now_AfterPredictions_DrawsOneHistogramWithTheBaselinesOutline()
    {
        using var answer = await app.App.PostAsync("api/score/intent", """{"instances":[{"ProductRelated":5,"ProductRelated_Duration":310,"Month":"Nov","VisitorType":"New_Visitor","Weekend":true}]}""");
        answer.EnsureSuccessStatusCode();

        await using var visited = await app.OpenAsync("now");

        var confidence = visited["#pictures figure"].Filter(new() { HasText = "Confidence of" });
        await Expect(confidence).ToHaveCountAsync(1);
        await Expect(confidence.Locator("rect.block")).ToHaveCountAsync(20);
        await Expect(visited["#pictures table"].Filter(new() { HasText = "baseline" })).ToHaveCountAsync(0);
    }

    [DebianFact("chromium")]
    public async Task Now_LookedAt_UpdatesByItself()
    {
        await using var visited = await app.OpenAsync("now");
        var requests = visited["#now-models tbody tr"].Filter(new() { HasText = "intent" }).Locator("td.figure").First;
        var before = int.Parse(await requests.InnerTextAsync(), System.Globalization.CultureInfo.InvariantCulture);

        using var answer = await app.App.PostAsync("api/score/intent", """{"instances":[]}""");

        await Expect(requests).Not.ToHaveTextAsync($"{before}");
    }

    [DebianFact("chromium")]
    public async Task Now_JobStarted_ShowsItsProgressToTheEnd()
    {
        await using var visited = await app.OpenAsync("now");

        await visited["#job-start"].ClickAsync();

        await Expect(visited["#jobs li"]).ToContainTextAsync("succeeded, 1000 of 1000 rows", new() { Timeout = 120_000 });
        Assert.Empty(visited.Complaints);
    }

    [DebianFact("chromium")]
    public async Task Now_JobThatIsNone_SaysSo()
    {
        await using var visited = await app.OpenAsync("now");

        await visited["#job-id"].FillAsync("never-seen");
        await visited["#job-id"].PressAsync("Enter");

        await Expect(visited["#job-trouble"]).ToContainTextAsync("never-seen");
    }
}
