using Microsoft.Playwright;
using TestCommon;

namespace EndToEnd.Tests.Page;

/// <summary>One app that serves the samples, and one headless Chromium, shared by the tests of the page. Without Chromium nothing is started: every test is skipped.</summary>
public sealed class PageApp : IAsyncLifetime
{
    /// <summary>Scores and nothing else.</summary>
    internal const string ScoringKey = "scoring-key-of-the-test";
    internal const string OutcomesKey = "a-key-for-outcomes-alone";

    private const string Chromium = "/usr/bin/chromium";

    private IPlaywright? playwright;
    private IBrowser? browser;

    internal RunningApp App { get; private set; } = null!;

    internal Azurite Storage { get; private set; } = null!;

    internal Uri Address => App.Client.BaseAddress!;

    public async Task InitializeAsync()
    {
        if (!File.Exists(Chromium))
        {
            return;
        }

        // Bounds a failure, not a speed: the machine may be busy with other tests.
        Assertions.SetDefaultExpectTimeout(60_000);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium });
        Storage = await Azurite.StartNewAsync();
        foreach (var sample in SamplePackage.Present)
        {
            await RunningApp.PublishAsync(Storage, SamplePackage.PathTo(sample), sample);
        }

        App = await RunningApp.StartAsync(Storage, ("Scoring__Preload", string.Join(',', SamplePackage.Present)), ("LOCALHOST_SCORING_KEY", ScoringKey), ("LOCALHOST_OUTCOMES_KEY", OutcomesKey), ("Scoring__ReceiptKey", Http.IntentApp.ReceiptKey));
        await App.WaitAsync("v2/health/ready");
    }

    public async Task DisposeAsync()
    {
        if (playwright is null)
        {
            return;
        }

        await App.DisposeAsync();
        await Storage.DisposeAsync();
        await browser!.DisposeAsync();
        playwright.Dispose();
    }

    /// <summary>Opens a view as a user does, with the key in the fragment.</summary>
    /// <param name="view"><c>shop</c>, <c>topics</c>, <c>playground</c> or <c>now</c>.</param>
    internal Task<VisitedPage> OpenAsync(string view, Screen? screen = null) => OpenAsync(Address, view, screen);

    internal async Task<VisitedPage> OpenAsync(Uri address, string view, Screen? screen = null, string key = RunningApp.FunctionKey)
    {
        var visited = await NewPageAsync(screen);
        await visited.Page.GotoAsync($"{address}#key={key}");
        await visited.Page.ClickAsync($".top nav a[href='#{view}']");
        await Assertions.Expect(visited.Page.Locator($"#view-{view}")).ToBeVisibleAsync();
        return visited;
    }

    /// <summary>A blank page of a browser that knows nothing yet.</summary>
    internal async Task<VisitedPage> NewPageAsync(Screen? screen = null, bool moves = false)
    {
        var (width, height, scheme) = screen ?? Screen.Desktop;
        var context = await browser!.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = scheme,
            ReducedMotion = moves ? ReducedMotion.NoPreference : ReducedMotion.Reduce,
        });
        return new VisitedPage(context, await context.NewPageAsync());
    }
}
