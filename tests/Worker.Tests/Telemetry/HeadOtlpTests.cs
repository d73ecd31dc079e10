using System.Net;
using TestCommon;

namespace Worker.Tests.Telemetry;

/// <summary>What either head exports by OTLP, and that it answers whatever becomes of it.</summary>
[Collection(PublishedAppGroup.Name)]
public sealed class HeadOtlpTests(PublishedApp app)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Requests_OfACaller_ArriveInItsTraceWithMetricsAndLog(bool isWorker, bool isGrpc)
    {
        await using var collector = await FakeCollector.StartAsync(isGrpc);
        await app.PublishBrokenModelAsync("broken");
        await using (var head = await Head.StartAsync(app, isWorker, Settings(collector.Address, isGrpc)))
        {
            Assert.Equal(HttpStatusCode.OK, await head.ScoreAsync(ScoreRequest.Body));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await head.ScoreAsync(ScoreRequest.Body, "broken"));
            await UntilAsync(() => collector.Of("traces").Contains("run", StringComparison.Ordinal)
                && collector.Of("metrics").Contains("scoring.requests", StringComparison.Ordinal) && collector.Of("logs").Contains("broken", StringComparison.Ordinal));
        }

        var traces = collector.Of("traces");
        Assert.All(
            (string[])["shop", "score", "run", FakeCollector.Bytes(Head.Trace), FakeCollector.Bytes(Head.Span)], part => Assert.Contains(part, traces, StringComparison.Ordinal));
        var logs = collector.Of("logs");
        Assert.Contains("shop", logs, StringComparison.Ordinal);
        Assert.All(
            (string[])[PublishedApp.FunctionKey, "AccountKey", "New_Visitor"], secret => Assert.DoesNotContain(secret, traces + logs + collector.Of("metrics"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, true, "down")]
    [InlineData(false, false, "down")]
    [InlineData(true, false, "refusing")]
    [InlineData(false, true, "refusing")]
    [InlineData(true, true, "hanging")]
    [InlineData(false, false, "hanging")]
    public async Task Requests_WhateverTheCollectorDoes_AreAnswered(bool isWorker, bool isGrpc, string trouble)
    {
        await using var collector = await FakeCollector.StartAsync(isGrpc, isRefusing: trouble == "refusing", isHanging: trouble == "hanging");
        var address = trouble == "down" ? new Uri($"http://127.0.0.1:{LoopbackServer.FreePort()}") : collector.Address;
        await using var head = await Head.StartAsync(app, isWorker, Settings(address, isGrpc));
        Assert.Equal(HttpStatusCode.OK, await head.ScoreAsync(ScoreRequest.Body));
        await UntilAsync(() => trouble == "down" || collector.Batches > 0);

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await head.ScoreAsync(ScoreRequest.Body));
        }
    }

    private static (string, string)[] Settings(Uri address, bool isGrpc) =>
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", address.ToString()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", isGrpc ? "grpc" : "http/protobuf"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "200"),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "100"),
    ];

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Longest);
        while (!condition())
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
