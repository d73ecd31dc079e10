using System.Globalization;
using System.Net;
using System.Text;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Scoring.Bench.Measuring;
using Worker.Tests.Hosting;
using Worker.Tests.Protocol;
using Xunit.Abstractions;

namespace Worker.Tests;

/// <summary>The beginning and the end of a worker process.</summary>
[Collection(PublishedAppGroup.Name)]
public sealed class ProcessTests(PublishedApp app, ITestOutputHelper output)
{
    // Linux tells a process's birth in ticks of 10 ms, cut off, and by a clock that moves every 4 ms: the app may take itself for that much older.
    private static readonly TimeSpan BirthResolution = TimeSpan.FromMilliseconds(10 + 4);

    [Fact]
    public async Task Start_ThenScore_SaysHowLongItTookBesideTheLocalHost()
    {
        var (local, _) = await Start.MeasureAsync(() => app.StartLocalHost(), LocalRequest(), _ => Task.CompletedTask, CancellationToken.None);
        await using var worker = await app.StartWorkerAsync();
        var loaded = worker.Process.Age;
        using var request = ScoreRequest.Of(ScoreRequest.Body);

        var (_, answering) = await Invocation.OfHttpAsync(worker, "Score", request, ("model", "intent"));

        using var answer = await answering;
        var answered = worker.Process.Age;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var told = TimeSpan.FromMilliseconds(await ColdStartMetric.TotalAsync(worker, CancellationToken.None));
        Assert.InRange(told, answered / 2, answered + BirthResolution);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"The metric tells {told.TotalMilliseconds:F0} ms. Process start to functions loaded {loaded.TotalMilliseconds:F0} ms, to the first scored answer {answered.TotalMilliseconds:F0} ms; the local host to its first scored answer {local:F0} ms."));
    }

    [Fact]
    public async Task Terminate_WhileAFunctionRuns_LetsItAnswerCountsItsReceiptAndEndsTheProcess()
    {
        await using var worker = await app.StartWorkerAsync(("Scoring__ReceiptKey", Convert.ToBase64String(new byte[32])));
        using var body = new HeldContent(Encoding.UTF8.GetBytes($$$"""{"instances":[{{{ScoreRequest.Session}}}],"parameters":{"receipts":true}}"""));
        using var request = ScoreRequest.Of(body);
        var (_, answering) = await Invocation.OfHttpAsync(worker, "Score", request, ("model", "intent"));
        await body.Awaited;

        await worker.SendAsync(new() { WorkerTerminate = new() { GracePeriod = new() { Seconds = 30 } } });

        body.Release();
        using var answer = await answering;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(0, await worker.EndedAsync());
        var counted = new BlobContainerClient(app.Storage, "outcomes").GetBlobsAsync(BlobTraits.None, BlobStates.None, "intent/1/", CancellationToken.None);
        Assert.Contains("/receipts-", Assert.Single(await counted.Select(blob => blob.Name).ToListAsync()), StringComparison.Ordinal);
    }

    private static byte[] LocalRequest() =>
    [
        .. Encoding.ASCII.GetBytes(
            $"POST /api/score/intent HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nx-functions-key: {PublishedApp.FunctionKey}\r\ncontent-length: {ScoreRequest.Body.Length}\r\n\r\n"),
        .. ScoreRequest.Body,
    ];
}
