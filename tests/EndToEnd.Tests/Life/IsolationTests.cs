using System.Globalization;
using System.Net;
using System.Text.Json;
using TestCommon;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Life;

/// <summary>Models that crash, or hang where nobody can end them, in processes of their own beside one that must not notice.</summary>
public sealed class IsolationTests(ITestOutputHelper output)
{
    private const int Deadly = 7;
    private const int Endless = 1_000_000;

    [Fact]
    public Task Score_CrashAndRunThatCannotBeEndedUnderLoad_NoOtherModelLosesARequest() => RunAsync(rounds: 1, connections: 4);

    [Fact]
    [Trait("Category", "Proof")]
    public Task Score_TwentyCrashesAndRunsThatCannotBeEndedUnderLoad_NoOtherModelLosesARequest() => RunAsync(rounds: 20, connections: 16);

    [Fact]
    public async Task Kill_AppWithAnIsolatedModel_TheModelsProcessEndsWithIt()
    {
        await using var app = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, await ScoreAsync(app, "deadly", 5));
        var processes = ChildrenOf(app.App.ProcessId);
        Assert.NotEmpty(processes);

        await app.App.KillAsync();

        foreach (var process in processes)
        {
            using (process)
            {
                await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
            }
        }
    }

    [Fact]
    public async Task Stop_AppWhoseModelsProcessIsHeldUp_TheProcessEndsWithIt()
    {
        await using var app = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, await ScoreAsync(app, "deadly", 5));
        var processes = ChildrenOf(app.App.ProcessId);
        Assert.NotEmpty(processes);
        foreach (var process in processes)
        {
            // It does not notice any more that the app is gone.
            using var hold = System.Diagnostics.Process.Start("kill", ["-STOP", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await hold.WaitForExitAsync();
        }

        await app.App.StopAsync();

        foreach (var process in processes)
        {
            using (process)
            {
                var isGone = process.WaitForExit(TimeSpan.FromSeconds(10));
                process.Kill();
                Assert.True(isGone);
            }
        }
    }

    private async Task RunAsync(int rounds, int connections)
    {
        await using var app = await StartAsync();
        await using var load = new SteadyLoad(app, connections);
        for (var round = 0; round < rounds; round++)
        {
            // 1. Each fails its own request, says why, and answers the next one.
            await Task.WhenAll(
                DiesAsync(app, "deadly", Deadly, HttpStatusCode.InternalServerError, "died of SIGFPE"),
                DiesAsync(app, "endless", Endless, HttpStatusCode.GatewayTimeout, "was not over within RequestTimeout"));

            // 2. Three deaths within a minute would have them refused: another version of the same starts anew.
            var version = round % 2 == 0 ? "2" : "1";
            foreach (var model in new[] { "deadly", "endless" })
            {
                await app.Publisher.GoLiveAsync(model, version, CancellationToken.None);
                await UntilAsync(async () => await VersionOfAsync(app, model) == version);
            }
        }

        var answers = await load.StopAsync();
        var wrong = answers.Where(a => a is not { Status: HttpStatusCode.OK, IsConsistent: true }).ToList();
        Assert.NotEmpty(answers);
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {answers.Count} answers are wrong, such as {wrong.FirstOrDefault()}");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rounds} crashes and {rounds} runs that cannot be ended, {connections} connections beside them, {answers.Count} answers, none failed; p99 {SteadyLoad.Quantile(answers, 0.99).TotalMilliseconds:F1} ms"));
    }

    private static async Task DiesAsync(OffsetApp app, string model, int x, HttpStatusCode status, string why)
    {
        using var died = await PostAsync(app, model, x);
        Assert.Equal(status, died.StatusCode);
        Assert.Contains(why, await died.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var next = await PostAsync(app, model, 5);
        Assert.True(next.StatusCode == HttpStatusCode.OK, $"{await next.Content.ReadAsStringAsync()}\n{app.App.Log}");
    }

    private static async Task<OffsetApp> StartAsync()
    {
        var app = await OffsetApp.StartAsync(("Scoring__RequestTimeout", "00:00:02"), ("Scoring__MaxConcurrentRuns", "2"), ("Scoring__MaxQueuedRequests", "1000"));
        NativeHazard.Isolate(NativeHazard.WriteCrashOn(app.Folder("deadly"), Deadly));
        NativeHazard.Isolate(NativeHazard.WriteBusyNode(app.Folder("endless")));
        foreach (var model in new[] { "deadly", "endless" })
        {
            await app.Publisher.PublishAsync(app.Folder(model), model, "2", makeLive: false, CancellationToken.None);
            await app.Publisher.PublishAsync(app.Folder(model), model, "1", makeLive: true, CancellationToken.None);
            await UntilAsync(async () => await ScoreAsync(app, model, 5) == HttpStatusCode.OK);
        }

        return app;
    }

    private static async Task<HttpStatusCode> ScoreAsync(OffsetApp app, string model, int x)
    {
        using var response = await PostAsync(app, model, x);
        return response.StatusCode;
    }

    private static Task<HttpResponseMessage> PostAsync(OffsetApp app, string model, int x) =>
        app.App.PostAsync($"api/score/{model}", string.Create(CultureInfo.InvariantCulture, $$"""{"instances":[{"x":{{x}}}]}"""));

    private static async Task<string?> VersionOfAsync(OffsetApp app, string model)
    {
        using var answer = JsonDocument.Parse(await app.App.Client.GetByteArrayAsync(new Uri($"api/models/{model}", UriKind.Relative)));
        return answer.RootElement.GetProperty("version").GetString();
    }

    // The limit bounds a failure and not a speed.
    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await isSo())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private static List<System.Diagnostics.Process> ChildrenOf(int parent) =>
        [.. System.Diagnostics.Process.GetProcesses().Where(process => IsChild(process.Id, parent))];

    private static bool IsChild(int process, int parent)
    {
        try
        {
            // PID (COMMAND) STATE PPID …
            var status = File.ReadAllText($"/proc/{process}/stat");
            return status[(status.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1] == parent.ToString(CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
