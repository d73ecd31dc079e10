using System.Net;
using System.Text.Json.Nodes;
using TestCommon;

namespace EndToEnd.Tests.Life;

/// <summary>Runs without an end, over HTTP: they cost their own callers an answer, and nobody else anything.</summary>
public sealed class EndlessRunTests : IDisposable
{
    private static readonly string Endless =
        $$"""{"inputs":[{"name":"n","datatype":"INT64","shape":[],"data":{{LoopModel.ForEver}}},{"name":"a","datatype":"FP32","shape":[1],"data":[0]}]}""";

    private readonly TemporaryFolder folder = new();

    public EndlessRunTests()
    {
        LoopModel.Graph().Save(folder.PathTo("loop", "1"));
        OffsetModel.Write(folder.PathTo("m", "1"), 1);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Infer_EndlessRunOnEverySlot_Is504AndTheOthersAnswer()
    {
        await using var storage = await Azurite.StartNewAsync();
        await using var app = await StartAsync(storage, ("Scoring__RequestTimeout", "00:00:02"), ("Scoring__MaxConcurrentRuns", "2"));

        var endless = await Task.WhenAll(app.PostAsync("v2/models/loop/infer", Endless), app.PostAsync("v2/models/loop/infer", Endless));

        foreach (var response in endless)
        {
            Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
            Assert.Contains("was not over within RequestTimeout", (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!, StringComparison.Ordinal);
            response.Dispose();
        }

        await AnswersAsync(app);
    }

    [Fact]
    public async Task Score_RunThatCannotBeEnded_Is504ThoughItGoesOnAndTheOthersAnswer()
    {
        NativeHazard.WriteBusyNode(folder.PathTo("busy", "1"));
        await using var storage = await Azurite.StartNewAsync();
        await using var app = await StartAsync(storage, ("Scoring__RequestTimeout", "00:00:01"), ("Scoring__MaxConcurrentRuns", "1"));
        await UntilAsync(app, HttpStatusCode.OK, "busy");

        using var stuck = await app.PostAsync("api/score/busy", """{"instances":[{"x":1000000}]}""");
        await AnswersAsync(app);
        using var tensors = await app.PostAsync("v2/models/busy/infer", """{"inputs":[{"name":"x","datatype":"FP32","shape":[1,1],"data":[1000000]}]}""");

        Assert.Equal((HttpStatusCode.GatewayTimeout, HttpStatusCode.GatewayTimeout), (stuck.StatusCode, tensors.StatusCode));
        var problem = JsonNode.Parse(await stuck.Content.ReadAsStringAsync())!;
        Assert.Equal("deadline_exceeded", (string?)problem["code"]);
        Assert.Contains("could not be ended", (string?)problem["detail"], StringComparison.Ordinal);
        Assert.Contains("could not be ended", (string)JsonNode.Parse(await tensors.Content.ReadAsStringAsync())!["error"]!, StringComparison.Ordinal);

        // One slot was replaced and is taken again: nothing answers, and the process says so.
        using var ready = await app.Client.GetAsync(new Uri("v2/health/ready", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        await app.KillAsync();
    }

    [Fact]
    public async Task Infer_CallersOfEndlessRunsLeave_TheirSlotsComeBack()
    {
        await using var storage = await Azurite.StartNewAsync();
        await using var app = await StartAsync(storage, ("Scoring__RequestTimeout", "00:10:00"), ("Scoring__MaxConcurrentRuns", "1"), ("Scoring__MaxQueuedRequests", "0"));
        using var client = new HttpClient { BaseAddress = app.Client.BaseAddress };
        client.DefaultRequestHeaders.Add("x-functions-key", RunningApp.FunctionKey);
        using var leaves = new CancellationTokenSource();
        using var content = new StringContent(Endless, System.Text.Encoding.UTF8, "application/json");
        var endless = await TakeSlotAsync(app, () => client.PostAsync(new Uri("v2/models/loop/infer", UriKind.Relative), content, leaves.Token));

        await leaves.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless);
        await UntilAsync(app, HttpStatusCode.OK);
        await AnswersAsync(app);
    }

    [Fact]
    public async Task Stop_EndlessRun_EndsItAndItsCallerIsToldWhy()
    {
        await using var storage = await Azurite.StartNewAsync();
        await using var app = await StartAsync(storage, ("Scoring__RequestTimeout", "00:10:00"), ("Scoring__MaxConcurrentRuns", "1"), ("Scoring__MaxQueuedRequests", "0"));
        var endless = await TakeSlotAsync(app, () => app.PostAsync("v2/models/loop/infer", Endless));

        await app.StopAsync();

        using var response = await endless;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("shuts down", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    // Both models are loaded then: a request waits no longer than RequestTimeout for a load.
    private async Task<RunningApp> StartAsync(Azurite storage, params (string Name, string Value)[] settings)
    {
        var app = await RunningApp.StartAsync(storage, [("Scoring__Repository", folder.Root), ("Scoring__Preload", "m,loop"), .. settings]);
        await app.WaitAsync("v2/health/ready");
        return app;
    }

    private static async Task AnswersAsync(RunningApp app)
    {
        using var score = await app.PostAsync("api/score/m", """{"instances":[1]}""");
        using var ready = await app.Client.GetAsync(new Uri("v2/health/ready", UriKind.Relative));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (score.StatusCode, ready.StatusCode));
    }

    // Asking whether the slot is taken takes it for a moment: an endless run that comes just then is refused, and is sent again.
    private static async Task<Task<HttpResponseMessage>> TakeSlotAsync(RunningApp app, Func<Task<HttpResponseMessage>> send)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var endless = send();
        while (true)
        {
            using var response = await app.PostAsync("api/score/m", """{"instances":[1]}""");
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                return endless;
            }

            if (endless.IsCompleted)
            {
                (await endless).Dispose();
                endless = send();
            }

            await Task.Delay(20, limit.Token);
        }
    }

    // The limit bounds a failure and not a speed.
    private static async Task UntilAsync(RunningApp app, HttpStatusCode status, string model = "m")
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            using var response = await app.PostAsync($"api/score/{model}", """{"instances":[1]}""");
            if (response.StatusCode == status)
            {
                return;
            }

            await Task.Delay(20, limit.Token);
        }
    }
}
