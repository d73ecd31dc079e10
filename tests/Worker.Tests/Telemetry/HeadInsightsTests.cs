using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Storage.Queues;
using Scoring.Batch;
using TestCommon;
using Worker.Tests.Hosting;
using static TestCommon.Wire;

namespace Worker.Tests.Telemetry;

/// <summary>What either head sends to Application Insights, and that it answers whatever becomes of it.</summary>
[Collection(PublishedAppGroup.Name)]
public sealed class HeadInsightsTests(PublishedApp app)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Requests_OfACaller_ArriveInItsTraceWithTheirRunAndTheirFailure(bool isWorker)
    {
        await using var ingestion = new FakeIngestion();
        await app.PublishBrokenModelAsync("broken");
        await using (var head = await Head.StartAsync(app, isWorker, ("APPLICATIONINSIGHTS_CONNECTION_STRING", ingestion.ConnectionString)))
        {
            Assert.Equal(HttpStatusCode.OK, await head.ScoreAsync(ScoreRequest.Body));
            Assert.Equal(HttpStatusCode.BadRequest, await head.ScoreAsync(Encoding.UTF8.GetBytes("""{"instances":[{"Month":"Smarch"}]}""")));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await head.ScoreAsync(ScoreRequest.Body, "broken"));
            await UntilAsync(() => Find(ingestion, "RequestData").Length >= 3 && Find(ingestion, "MessageData").Length + Find(ingestion, "ExceptionData").Length > 0
                && Find(ingestion, "RemoteDependencyData").Length > 0 && ingestion.Items.Any(item => IsMetric(item, "scoring.requests")));
        }

        var requests = Find(ingestion, "RequestData");
        Assert.All(requests, item => Assert.Equal((Head.Trace, Head.Span), (Tag(item, "ai.operation.id"), Tag(item, "ai.operation.parentId"))));
        Assert.All(ingestion.Items, item => Assert.Equal("shop", Tag(item, "ai.cloud.role")));
        var run = Assert.Single(Find(ingestion, "RemoteDependencyData"), item => Data(item).GetProperty("name").GetString() == "run");
        var scored = Assert.Single(requests, item => Property(item, "code") == "ok");
        Assert.Equal(Data(scored).GetProperty("id").GetString(), Tag(run, "ai.operation.parentId"));
        Assert.Contains(requests, item => Property(item, "code") == "missing_feature" || Property(item, "code") == "invalid_value");
        Assert.Contains(
            Find(ingestion, "MessageData").Concat(Find(ingestion, "ExceptionData")), item => Property(item, "CategoryName")!.StartsWith("Scoring.", StringComparison.Ordinal));
        Assert.All(ingestion.Items, AssertNothingSecret);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Message_OfAJob_ArrivesInTheTraceThatItNames(bool isWorker)
    {
        await using var ingestion = new FakeIngestion();
        var id = $"job-{Guid.NewGuid():N}";
        var message = $$"""{"id":"{{id}}","model":"intent","traceparent":"00-{{Head.Trace}}-{{Head.Span}}-01","instances":[{{ScoreRequest.Session}}]}""";
        (string, string)[] settings = [("APPLICATIONINSIGHTS_CONNECTION_STRING", ingestion.ConnectionString)];
        if (isWorker)
        {
            await using var worker = await app.StartWorkerAsync([("Scoring__Telemetry__StartDelay", "00:00:00"), ("Scoring__Telemetry__Interval", "00:00:00.100"), .. settings]);
            await (await Invocation.OfQueueAsync(worker, "Batch", message)).EndAsync();
            await UntilAsync(() => Find(ingestion, "RequestData").Length > 0 && Find(ingestion, "RemoteDependencyData").Length > 1);
        }
        else
        {
            await using var head = await Head.StartAsync(app, isWorker, settings);
            await new QueueClient(app.Storage, BatchNames.Requests).SendMessageAsync(message);
            await UntilAsync(() => Find(ingestion, "RequestData").Length > 0 && Find(ingestion, "RemoteDependencyData").Length > 1);
        }

        var taken = Assert.Single(Find(ingestion, "RequestData"), item => Property(item, "scoring.job") == id);
        Assert.Equal((Head.Trace, Head.Span), (Tag(taken, "ai.operation.id"), Tag(taken, "ai.operation.parentId")));
        var inside = Find(ingestion, "RemoteDependencyData").Where(item => Tag(item, "ai.operation.parentId") == Data(taken).GetProperty("id").GetString());
        Assert.Equal(["chunk", "commit"], inside.Select(item => Data(item).GetProperty("name").GetString()).Order());
        Assert.All(ingestion.Items, AssertNothingSecret);
    }

    [Theory]
    [InlineData(true, "down")]
    [InlineData(false, "down")]
    [InlineData(true, "slow")]
    [InlineData(false, "slow")]
    [InlineData(true, "refusing")]
    [InlineData(false, "refusing")]
    [InlineData(true, "hanging")]
    [InlineData(false, "hanging")]
    public async Task Requests_WhateverTheServiceDoes_AreAnswered(bool isWorker, string trouble)
    {
        await using var ingestion = new FakeIngestion
        {
            Status = trouble switch { "refusing" => 403, "hanging" => null, _ => 200 },
            Delay = trouble == "slow" ? TimeSpan.FromSeconds(1) : TimeSpan.Zero,
        };
        var connection = trouble == "down" ? $"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint=http://127.0.0.1:{LoopbackServer.FreePort()}/" : ingestion.ConnectionString;
        await using var head = await Head.StartAsync(app, isWorker, ("APPLICATIONINSIGHTS_CONNECTION_STRING", connection));
        Assert.Equal(HttpStatusCode.OK, await head.ScoreAsync(ScoreRequest.Body));
        await UntilAsync(() => trouble == "down" || ingestion.Batches > 0);

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await head.ScoreAsync(ScoreRequest.Body));
        }
    }

    private static JsonElement[] Find(FakeIngestion ingestion, string type) => [.. ingestion.Items.Where(item => Type(item) == type)];

    private static string? Tag(JsonElement item, string name) => item.GetProperty("tags").TryGetProperty(name, out var value) ? value.GetString() : null;

    private static void AssertNothingSecret(JsonElement item)
    {
        var text = item.ToString();
        Assert.All(
            (string[])[PublishedApp.FunctionKey, "AccountKey", "Smarch", "New_Visitor", "?"], secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Longest);
        while (!condition())
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
