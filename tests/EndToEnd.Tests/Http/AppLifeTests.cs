using System.Net;
using TestCommon;

namespace EndToEnd.Tests.Http;

public sealed class AppLifeTests
{
    private const string Body = """{"instances":[{"ProductRelated":5,"ProductRelated_Duration":310,"Month":"Nov","VisitorType":"Other","Weekend":false}]}""";

    [Fact]
    public async Task Start_WithWrongOptions_NamesEveryOne()
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var app = await RunningApp.StartAsync(
                ("Scoring__MaxInstances", "many"), ("Scoring__RefreshInterval", "soon"), ("Scoring__ExecutionProviders", "warp"), ("Scoring__MaxBodyBytes", "1"));
        });

        Assert.All(
            ["MaxInstances: found 'many'", "RefreshInterval: found 'soon'", "'warp' is not an execution provider", "MaxBodyBytes"],
            part => Assert.Contains(part, refused.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Score_StorageDownAtFirst_Is503AndRecoversByItself()
    {
        await using var storage = await Azurite.StartNewAsync();
        await RunningApp.PublishAsync(storage, Checkout.PathTo("samples", "intent", "package"), "intent");
        await storage.StopAsync();
        await using var app = await RunningApp.StartAsync(storage);

        using (var down = await app.PostAsync("api/score/intent", Body))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, down.StatusCode);
            Assert.NotNull(down.Headers.RetryAfter);
        }

        await storage.StartAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            using var answer = await app.PostAsync("api/score/intent", Body);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                break;
            }

            await Task.Delay(200, limit.Token);
        }
    }

    [Fact]
    public async Task Score_TwoHundredFirstRequests_AreAllAnsweredByOneLoad()
    {
        await using var storage = await Azurite.StartNewAsync();
        await RunningApp.PublishAsync(storage, Checkout.PathTo("samples", "intent", "package"), "intent");
        await using var app = await RunningApp.StartAsync(storage);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => app.PostAsync("api/score/intent", Body)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        var metrics = System.Text.Json.Nodes.JsonNode.Parse(await app.Client.GetStringAsync(new Uri("api/metrics", UriKind.Relative)))!;
        Assert.Equal(200, (int)metrics["requests"]!["total"]!);
        Assert.Single(metrics["models"]!.AsArray());
    }

    [Fact]
    public async Task Stop_DuringALoad_EndsCleanly()
    {
        await using var storage = await Azurite.StartNewAsync();
        await RunningApp.PublishAsync(storage, Checkout.PathTo("samples", "intent", "package"), "intent");
        await using var app = await RunningApp.StartAsync(storage, ("Scoring__Preload", "intent"));
        var request = app.PostAsync("api/score/intent", Body);

        Assert.Equal(0, await app.StopAsync());

        // Answered before the end, or refused by a closed port: never left hanging.
        await Task.WhenAny(request, Task.Delay(TimeSpan.FromMinutes(1)));
        Assert.True(request.IsCompleted);
    }
}
