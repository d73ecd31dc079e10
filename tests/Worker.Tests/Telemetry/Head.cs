using System.Net;
using Scoring.Bench.Measuring;
using Worker.Tests.Hosting;

namespace Worker.Tests.Telemetry;

/// <summary>One of the two heads as a process, asked the way its callers ask it.</summary>
internal sealed class Head : IAsyncDisposable
{
    /// <summary>A caller's trace and the span in it that calls.</summary>
    public const string Trace = "0af7651916cd43dd8448eb211c80319c";
    public const string Span = "b7ad6b7169203331";

    private readonly RunningWorker? worker;
    private readonly Server? local;
    private readonly HttpClient? client;

    private Head(RunningWorker worker) => this.worker = worker;

    private Head(Server local)
    {
        this.local = local;
        client = new HttpClient { BaseAddress = local.Address };
        client.DefaultRequestHeaders.Add("x-functions-key", PublishedApp.FunctionKey);
    }

    public static async Task<Head> StartAsync(PublishedApp app, bool isWorker, params (string Name, string Value)[] settings)
    {
        (string, string)[] quick = [("Scoring__Telemetry__StartDelay", "00:00:00"), ("Scoring__Telemetry__Interval", "00:00:00.100"), ("WEBSITE_SITE_NAME", "shop"), .. settings];
        if (isWorker)
        {
            return new(await app.StartWorkerAsync(quick));
        }

        var head = new Head(app.StartLocalHost(quick));
        await head.local!.AnswerAsync(() => new HttpRequestMessage(HttpMethod.Get, "v2/health/live"), CancellationToken.None);
        return head;
    }

    /// <summary>Scores a session, in the caller's trace; gives back the answer's status.</summary>
    /// <param name="body">What is posted.</param>
    /// <param name="model">Whose answer is wanted.</param>
    public async Task<HttpStatusCode> ScoreAsync(byte[] body, string model = "intent")
    {
        using var request = ScoreRequest.Of(body, model);
        request.Headers.Add("traceparent", $"00-{Trace}-{Span}-01");
        if (worker is null)
        {
            using var direct = await client!.SendAsync(request);
            return direct.StatusCode;
        }

        var (_, answering) = await Invocation.OfHttpAsync(worker, "Score", request, ("model", model));
        using var answer = await answering;
        return answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        local?.Dispose();
        if (worker is not null)
        {
            await worker.DisposeAsync();
        }
    }
}
